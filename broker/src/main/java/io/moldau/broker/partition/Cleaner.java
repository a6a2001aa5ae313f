package io.moldau.broker.partition;

import io.moldau.broker.disk.Room;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.PartitionLog;
import io.moldau.log.clean.CleanJob;
import io.moldau.log.clean.CleanSource;
import io.moldau.log.clean.CleaningStoppedException;
import io.moldau.log.clean.LogCleaner;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.Segment;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the logs compacted that ask for it, the dirtiest first.
///
/// Every `log.cleaner.backoff.ms` each shard says which of its logs are worth it. A log is then
/// compacted on a thread of its own, which asks the log's shard only for what to read and for
/// putting each new segment in its place. There is no thread while there is nothing to do.
public final class Cleaner implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Cleaner.class);

    /// A log whose disk refused is left alone for so long.
    private static final long AFTER_FAILURE_MS = 300_000;

    private record Prospect(Partition partition, double dirtyRatio) {}

    private final Partitions partitions;
    private final Shards shards;
    private final Clock clock;
    private final Supplier<CleanerLimits> limits;
    private final CleanerPace pace;
    private final CleanerFigures figures;
    private final SecureRandom random = new SecureRandom();
    private final Map<Partition, Thread> atWork = new HashMap<>();
    private final Map<Partition, Long> failedUntilMs = new HashMap<>();
    private boolean stopped;

    public Cleaner(
            Partitions partitions, Shards shards, Clock clock, Supplier<CleanerLimits> limits) {
        this.partitions = partitions;
        this.shards = shards;
        this.clock = clock;
        this.limits = limits;
        this.figures = partitions.store().cleaning();
        this.pace = new CleanerPace(clock, () -> limits.get().bytesPerSecond());
    }

    public void start() {
        schedule();
    }

    private void schedule() {
        long backoffMs = Math.max(1, limits.get().backoffMs());
        shards.all()
                .getLast()
                .schedule(
                        backoffMs,
                        () -> {
                            if (!isStopped()) {
                                survey();
                                schedule();
                            }
                        });
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /// Asks every shard, and the last one to answer decides.
    private void survey() {
        var found = new ConcurrentLinkedQueue<Prospect>();
        var dirtiest = new DoubleAccumulator(Math::max, 0);
        var unasked = new AtomicInteger(shards.all().size());
        for (var shard : shards.all()) {
            shard.offer(() -> {
                for (var partition : partitions.all()) {
                    if (partition.shard().equals(shard)) {
                        look(partition, found, dirtiest);
                    }
                }
                if (unasked.decrementAndGet() == 0) {
                    figures.onSurvey(dirtiest.get(), clock.monotonicNanos());
                    begin(found);
                }
            });
        }
    }

    private void look(Partition partition, Queue<Prospect> found, DoubleAccumulator dirtiest) {
        // Compaction first takes room and then gives it back.
        if (!partition.keeper().isOpen()
                || !partition.log().config().compacts()
                || partitions.store().room(partition.name()) == Room.CRITICAL) {
            return;
        }
        partition.guarded(() -> {
            var log = partition.log();
            long stableEnd = log.lastStableOffset(partition.highWatermark());
            var plan = log.cleaning().plan(clock.wallMs(), stableEnd);
            dirtiest.accumulate(plan.dirtyRatio());
            if (plan.due()) {
                found.add(new Prospect(partition, plan.dirtyRatio()));
            }
        });
    }

    private synchronized void begin(Queue<Prospect> found) {
        failedUntilMs.values().removeIf(until -> until < clock.wallMs());
        tellUncleanable();
        found.stream()
                .filter(prospect ->
                        !atWork.containsKey(prospect.partition())
                                && !failedUntilMs.containsKey(prospect.partition()))
                .sorted(Comparator.comparingDouble(Prospect::dirtyRatio).reversed())
                .limit(Math.max(0, limits.get().threads() - atWork.size()))
                .filter(_ -> !stopped)
                .forEach(prospect -> {
                    var partition = prospect.partition();
                    var thread =
                            Thread.ofPlatform()
                                    .name("clean-" + partition)
                                    .daemon(true)
                                    .unstarted(() -> clean(partition));
                    atWork.put(partition, thread);
                    thread.start();
                });
    }

    private void clean(Partition partition) {
        boolean done = false;
        try {
            done = new Cleaning(partition).run();
        } catch (CleaningStoppedException | RejectedExecutionException e) {
            LOGGER.atDebug().addKeyValue("partition", partition).setCause(e).log("not compacted");
        } catch (RuntimeException e) {
            onFailed(partition, e);
        } finally {
            synchronized (this) {
                atWork.remove(partition);
            }
        }
        if (done && !isStopped()) {
            survey(); // There may be more to do, in this log or another.
        }
    }

    private void onFailed(Partition partition, RuntimeException failure) {
        LOGGER.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("retryInMs", AFTER_FAILURE_MS)
                .setCause(failure)
                .log("log not compacted");
        synchronized (this) {
            failedUntilMs.put(partition, clock.wallMs() + AFTER_FAILURE_MS);
            tellUncleanable();
        }
    }

    private void tellUncleanable() {
        figures.onUncleanable(failedUntilMs.keySet().stream().map(Partition::name).toList());
    }

    /// One round with one log, on a thread of its own.
    private final class Cleaning {
        private final Partition partition;
        private PartitionLog log;

        Cleaning(Partition partition) {
            this.partition = partition;
        }

        /// Whether something was compacted.
        boolean run() {
            var job =
                    ask(() -> {
                        log = partition.keeper().isOpen() ? partition.log() : null;
                        return log == null
                                ? null
                                : log.cleaning()
                                        .begin(
                                                clock.wallMs(),
                                                log.lastStableOffset(partition.highWatermark()));
                    });
            if (job == null) {
                return false;
            }
            long beganNanos = clock.monotonicNanos();
            try {
                var cleaner =
                        new LogCleaner(
                                job,
                                limits.get().perThread(),
                                random.nextLong(),
                                pace,
                                (group, cleaned) -> ask(() -> replace(job, group, cleaned)));
                finish(job, cleaner.clean(), beganNanos);
                return true;
            } catch (UncheckedIOException e) {
                if (ask(() -> isStillOpen() && tell(e))) {
                    throw e;
                }
                throw new CleaningStoppedException("the log was closed: " + e);
            }
        }

        /// What is damaged is fetched again, a disk that refused is looked at.
        private boolean tell(UncheckedIOException refusal) {
            if (refusal instanceof DamagedLogException damaged) {
                partition.keeper().onDamage(damaged.damage(), false);
            } else {
                partitions.store().onRefused(partition.name(), refusal);
            }
            return true;
        }

        private boolean isStillOpen() {
            return partition.keeper().isOpen() && partition.log().equals(log);
        }

        private boolean replace(CleanJob job, List<CleanSource> group, Segment cleaned) {
            try {
                return isStillOpen() && log.cleaning().replace(job, group, cleaned);
            } catch (UncheckedIOException e) {
                partition.keeper().fail(e); // Recovery finishes what was begun.
                throw e;
            }
        }

        private void finish(CleanJob job, LogCleaner.Result result, long beganNanos) {
            boolean open =
                    ask(() -> {
                        boolean still = isStillOpen();
                        if (still) {
                            log.cleaning().finish(job, result.cleanedUpTo());
                        }
                        return still;
                    });
            var directory = partitions.store().directoryOf(partition.name());
            var logs = directory == null ? null : directory.logs();
            if (open && logs != null) {
                logs.checkpointCleaned();
            }
            long nanos = clock.monotonicNanos() - beganNanos;
            figures.onCleaned(result, limits.get().perThread().mapBytes(), nanos);
            LOGGER.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("upTo", result.cleanedUpTo())
                    .addKeyValue("keys", result.keys())
                    .addKeyValue("records", result.recordsRead())
                    .addKeyValue("recordsKept", result.recordsKept())
                    .addKeyValue("bytesBefore", result.bytesBefore())
                    .addKeyValue("bytesAfter", result.bytesAfter())
                    .addKeyValue("ms", nanos / 1_000_000)
                    .log("compacted");
        }

        /// Asks something on the log's shard, and waits.
        private <T> T ask(Supplier<T> question) {
            var answer = new CompletableFuture<T>();
            partition
                    .shard()
                    .execute(() -> {
                        try {
                            answer.complete(question.get());
                        } catch (RuntimeException e) {
                            answer.completeExceptionally(e);
                        }
                    });
            try {
                return answer.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }

    /// Returns when no log is being compacted any more. The shards must still be there.
    @Override
    public void close() {
        pace.stop();
        Thread[] threads;
        synchronized (this) {
            stopped = true;
            threads = atWork.values().toArray(Thread[]::new);
        }
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
