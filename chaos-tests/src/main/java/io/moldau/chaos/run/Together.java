package io.moldau.chaos.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Does the same to several nodes at once: one that starts may need another to be able to.
public final class Together {
    private Together() {}

    /// Returns when all are done.
    ///
    /// @throws RuntimeException what the first that failed threw, after all are done
    public static void each(Collection<Integer> ids, Consumer<Integer> task) {
        var failures = new ArrayList<RuntimeException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks =
                    ids.stream()
                            .map(id -> CompletableFuture.runAsync(() -> task.accept(id), threads))
                            .toList();
            for (var each : tasks) {
                try {
                    each.join();
                } catch (CompletionException failed) {
                    failures.add(
                            failed.getCause() instanceof RuntimeException cause ? cause : failed);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }
}
