package io.moldau.broker.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Answers that become complete part by part.
final class Futures {
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
