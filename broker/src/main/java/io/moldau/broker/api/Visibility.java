package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;

/// Knows how far the other nodes have come.
@FunctionalInterface
public interface Visibility {
    /// Longest that an answer waits for the others.
    long WAIT_MS_MAX = 2_000;

    /// Completes once every live node serves what the metadata says at `index`.
    CompletableFuture<Void> await(long index);

    /// A node without others.
    static Visibility ofOneNode() {
        return _ -> CompletableFuture.completedFuture(null);
    }
}
