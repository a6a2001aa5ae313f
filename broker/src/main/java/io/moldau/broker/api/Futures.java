package io.moldau.broker.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Answers that become complete part by part.
final class Futures {
    /// For what takes longer than the event loop, or the thread that applies metadata, should be
    /// kept from others.
    static final Executor ASIDE = Thread::startVirtualThread;

    private Futures() {}

    /// All results, in the order of `futures`.
    static <T> CompletableFuture<List<T>> inOrder(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
    }

    static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
