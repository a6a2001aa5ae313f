package io.moldau.broker.api;

import io.moldau.metadata.NodeImage;
import java.util.concurrent.CompletableFuture;

/// Knows how far the other nodes have come.
@FunctionalInterface
public interface Visibility {
    /// Longest that an answer waits for the others.
    long WAIT_MS_MAX = 2_000;

    /// Completes once every live node serves what the metadata says at `index`, or when time is up.
    ///
    /// @return false if time was up
    CompletableFuture<Boolean> await(long index, long timeoutMs);

    /// Whether the connection to another node broke a moment ago: it may be dead.
    default boolean hasLost(NodeImage node) {
        return false;
    }

    /// A node without others.
    static Visibility ofOneNode() {
        return (_, _) -> CompletableFuture.completedFuture(true);
    }
}
