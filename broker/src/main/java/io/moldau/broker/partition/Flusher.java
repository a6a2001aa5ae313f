package io.moldau.broker.partition;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The thread that waits for a disk, so that no partition's thread has to: one per data directory.
///
/// A partition has at most one flush under way; appends that arrive meanwhile share the next one
/// (group commit).
final class Flusher implements AutoCloseable {
    private final ExecutorService thread;

    Flusher(String name) {
        // The thread ends when idle: most set-ups never flush before they stop.
        var pool =
                new ThreadPoolExecutor(
                        1,
                        1,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        this.thread = pool;
    }

    void execute(Runnable sync) {
        thread.execute(sync);
    }

    @Override
    public void close() {
        thread.close();
    }
}
