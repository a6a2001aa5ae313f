package io.moldau.broker.partition;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads that wait for a disk, so that no partition's thread has to: a few per data
/// directory.
///
/// A partition has at most one flush under way; appends that arrive meanwhile share the next one
/// (group commit). Partitions that wait at the same time share, too: a journal commits once for all
/// syncs that it finds waiting, which is why one thread would be too few.
final class Flusher implements AutoCloseable {
    private static final int SYNCS_AT_ONCE = 8;

    private final ExecutorService threads;

    Flusher(String name) {
        // They end when idle: most set-ups never flush before they stop.
        var pool =
                new ThreadPoolExecutor(
                        SYNCS_AT_ONCE,
                        SYNCS_AT_ONCE,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    void execute(Runnable sync) {
        threads.execute(sync);
    }

    @Override
    public void close() {
        threads.close();
    }
}
