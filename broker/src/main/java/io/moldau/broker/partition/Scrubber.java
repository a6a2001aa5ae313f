package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.env.Clock;
import io.moldau.log.LogDirectory;
import io.moldau.log.ScrubPosition;
import io.moldau.log.ScrubTicket;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all closed segments from time to time, slowly, since a disk does not tell what it has
/// forgotten. Beside the shards: they only hand out what is to be read.
///
/// How far it has come stands in each data directory, so that a node that starts again goes on from
/// there.
public final class Scrubber implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Scrubber.class);
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final long FIRST_AFTER_MS_MAX = 60_000;
    private static final long NOTE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Partitions partitions;
    private final Clock clock;
    private final long everyMs;
    private final long bytesPerSecond;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long notedAtNanos;

    Scrubber(Partitions partitions, long everyMs, long bytesPerSecond) {
        this.partitions = partitions;
        this.clock = partitions.clock();
        this.everyMs = everyMs;
        this.bytesPerSecond = bytesPerSecond;
        this.notedAtNanos = clock.monotonicNanos();
    }

    /// @param everyMs `log.scrub.interval.ms`: from the end of a round to the next; negative for
    ///   none
    /// @param bytesPerSecond `log.scrub.bytes.per.second`
    public static Scrubber start(Partitions partitions, long everyMs, long bytesPerSecond) {
        var scrubber = new Scrubber(partitions, everyMs, bytesPerSecond);
        if (everyMs >= 0) {
            Thread.ofVirtual().name("scrub").start(scrubber::run);
        }
        return scrubber;
    }

    private void run() {
        try {
            long delayMs = Math.min(everyMs, FIRST_AFTER_MS_MAX);
            while (!isClosedAfter(delayMs)) {
                long nextMs = everyMs;
                for (var directory : partitions.store().directories()) {
                    nextMs = Math.min(nextMs, tend(directory));
                }
                delayMs = Math.max(1, nextMs);
            }
        } catch (RejectedExecutionException | InterruptedException stopping) {
            LOGGER.atDebug().setCause(stopping).log("scrub ends");
        }
    }

    private boolean isClosedAfter(long delayMs) throws InterruptedException {
        return closing.await(delayMs, TimeUnit.MILLISECONDS);
    }

    /// Reads a directory through, if it is time to. Returns when it will be.
    private long tend(DataDir directory) throws InterruptedException {
        var logs = directory.logs();
        if (logs == null || !directory.isOnline()) {
            return everyMs;
        }
        long dueInMs = logs.scrubPosition().dueInMs(clock.wallMs(), everyMs);
        if (dueInMs == 0 && round(directory, logs)) {
            note(logs, ScrubPosition.ended(clock.wallMs()), true);
            return everyMs;
        }
        return dueInMs;
    }

    /// Reads what the round has not read yet. False when the node stops.
    boolean round(DataDir directory, LogDirectory logs) throws InterruptedException {
        var begin = logs.scrubPosition();
        var here =
                partitions.all().stream()
                        .filter(partition ->
                                directory.equals(partitions.store().directoryOf(partition.name())))
                        .sorted(Comparator.comparing(Partition::name, ScrubPosition.ORDER))
                        .toList();
        for (var partition : here) {
            long from = begin.startOf(partition.name());
            if (from >= 0 && !scrub(partition, from, logs)) {
                return false;
            }
        }
        return true;
    }

    private boolean scrub(Partition partition, long from, LogDirectory logs)
            throws InterruptedException {
        for (var ticket = begin(partition, from); ticket != null; ) {
            var last = ticket;
            try (last) {
                if (!read(last)) {
                    return false;
                }
            } catch (UncheckedIOException refused) {
                LOGGER.atWarn()
                        .addKeyValue("partition", partition)
                        .setCause(refused)
                        .log("not scrubbed");
                return true;
            }
            partitions.store().onScrubbed(last.sizeBytes());
            partition.shard().execute(() -> partition.completeScrub(last));
            note(logs, logs.scrubPosition().at(partition.name(), last.endOffset()), false);
            ticket = begin(partition, last.endOffset());
        }
        return true;
    }

    /// @param now otherwise not more often than some seconds apart
    private void note(LogDirectory logs, ScrubPosition position, boolean now) {
        long nowNanos = clock.monotonicNanos();
        if (!now && nowNanos - notedAtNanos < NOTE_EVERY_NANOS) {
            return;
        }
        notedAtNanos = nowNanos;
        try {
            logs.noteScrub(position);
        } catch (UncheckedIOException refused) {
            LOGGER.atDebug().setCause(refused).log("where the scrub is was not written down");
        }
    }

    private static @Nullable ScrubTicket begin(Partition partition, long from)
            throws InterruptedException {
        Supplier<@Nullable ScrubTicket> task = () -> partition.beginScrub(from);
        try {
            return CompletableFuture.supplyAsync(task, partition.shard())
                    .orTimeout(1, TimeUnit.MINUTES)
                    .join();
        } catch (CompletionException busy) {
            LOGGER.atDebug().setCause(busy).log("not scrubbed now");
            return null;
        }
    }

    /// Returns false when the node stops.
    private boolean read(ScrubTicket ticket) throws InterruptedException {
        long pauseMs = Math.max(1, CHUNK_BYTES * 1_000L / bytesPerSecond);
        while (ticket.read(CHUNK_BYTES)) {
            if (isClosedAfter(pauseMs)) {
                return false;
            }
        }
        return !isClosedAfter(Math.min(pauseMs, ticket.sizeBytes() * 1_000L / bytesPerSecond));
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
