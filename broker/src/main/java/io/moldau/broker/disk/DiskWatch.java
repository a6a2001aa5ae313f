package io.moldau.broker.disk;

import io.moldau.env.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that looks after the data directories, since a disk may take its time to answer.
public final class DiskWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DiskWatch.class);
    private static final long LOOK_MS = 1_000;

    /// A node that is tried for a moment does not write for its reserve.
    private static final long RESERVE_AFTER_MS = 15_000;

    private final Clock clock;
    private final Consumer<DataDir> changed;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("disk-watch").daemon(true).factory());
    private final long beganMs;

    private DiskWatch(Clock clock, Consumer<DataDir> changed) {
        this.clock = clock;
        this.changed = changed;
        this.beganMs = nowMs();
    }

    /// @param changed told, on this thread, of a directory that is fit for something else than
    ///   before
    public static DiskWatch start(
            List<DataDir> directories, Clock clock, Consumer<DataDir> changed) {
        return start(directories, clock, changed, () -> {});
    }

    /// As above.
    ///
    /// @param also looked after at the same intervals
    public static DiskWatch start(
            List<DataDir> directories, Clock clock, Consumer<DataDir> changed, Runnable also) {
        var watch = new DiskWatch(clock, changed);
        for (var directory : directories) {
            directory.onHurry(() -> watch.soon(directory));
        }
        var _ =
                watch.thread.scheduleWithFixedDelay(
                        () -> {
                            directories.forEach(watch::look);
                            also.run();
                        },
                        0,
                        LOOK_MS,
                        TimeUnit.MILLISECONDS);
        return watch;
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos());
    }

    private void soon(DataDir directory) {
        try {
            thread.execute(() -> look(directory));
        } catch (RejectedExecutionException stopping) {
            LOGGER.atDebug().setCause(stopping).log("nobody looks any more");
        }
    }

    private void look(DataDir directory) {
        long nowMs = nowMs();
        try {
            if (directory.look(nowMs)) {
                tell(directory);
                changed.accept(directory);
            }
            if (nowMs - beganMs >= RESERVE_AFTER_MS) {
                directory.holdReserve();
            }
        } catch (RejectedExecutionException stopping) {
            LOGGER.atDebug().setCause(stopping).log("nobody is left to be told");
        } catch (RuntimeException e) {
            LOGGER.atError().addKeyValue("directory", directory).setCause(e).log("look failed");
        }
    }

    private static void tell(DataDir directory) {
        var problem = directory.problem();
        if (problem.isEmpty()) {
            LOGGER.atInfo().addKeyValue("directory", directory).log("data directory is well again");
        } else {
            LOGGER.atError().log(problem);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
