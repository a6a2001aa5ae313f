package io.moldau.broker.group;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs tasks one after the other, on whichever thread finds nobody at it.
///
/// What belongs to it is touched by one thread at a time and needs no lock, and a short task costs
/// no change of threads: a commit is checked and submitted on the connection's own thread. A thread
/// that meets many tasks of others hands the rest to `relief`.
final class Serial implements Executor {
    private static final Logger LOGGER = LoggerFactory.getLogger(Serial.class);
    private static final int TASKS_PER_TURN = 32;

    private final Executor relief;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /// Tasks that are queued or running. Whoever raises it from zero runs them.
    private final AtomicInteger waiting = new AtomicInteger();

    Serial(Executor relief) {
        this.relief = relief;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            drain();
        }
    }

    private void drain() {
        do {
            for (int i = 0; i < TASKS_PER_TURN; i++) {
                runSafely(tasks.remove()); // Added before it was counted, so it is there.
                if (waiting.decrementAndGet() == 0) {
                    return;
                }
            }
        } while (!relieved());
    }

    /// Still counted, the tasks that are left are nobody else's meanwhile.
    private boolean relieved() {
        try {
            relief.execute(this::drain);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    @SuppressWarnings("CatchingUnchecked") // One bad task must not leave the others unserved.
    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("group task failed");
        }
    }
}
