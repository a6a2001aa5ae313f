package io.moldau.broker.partition;

import io.moldau.log.ScrubTicket;
import java.io.UncheckedIOException;
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
public final class Scrubber implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Scrubber.class);
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final long FIRST_AFTER_MS_MAX = 60_000;

    private final Partitions partitions;
    private final long everyMs;
    private final long bytesPerSecond;
    private final CountDownLatch closing = new CountDownLatch(1);

    private Scrubber(Partitions partitions, long everyMs, long bytesPerSecond) {
        this.partitions = partitions;
        this.everyMs = everyMs;
        this.bytesPerSecond = bytesPerSecond;
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
            // A node that is started again every day must not start over each time.
            for (long delayMs = Math.min(everyMs, FIRST_AFTER_MS_MAX);
                    !isClosedAfter(delayMs);
                    delayMs = Math.max(everyMs, 1)) {
                for (var partition : partitions.all()) {
                    scrub(partition);
                }
            }
        } catch (RejectedExecutionException | InterruptedException stopping) {
            LOGGER.atDebug().setCause(stopping).log("scrub ends");
        }
    }

    private boolean isClosedAfter(long delayMs) throws InterruptedException {
        return closing.await(delayMs, TimeUnit.MILLISECONDS);
    }

    private void scrub(Partition partition) throws InterruptedException {
        long from = 0;
        var ticket = begin(partition, from);
        while (ticket != null) {
            var last = ticket;
            try (last) {
                if (!read(last)) {
                    return;
                }
            } catch (UncheckedIOException refused) {
                LOGGER.atWarn()
                        .addKeyValue("partition", partition)
                        .setCause(refused)
                        .log("not scrubbed");
                return;
            }
            from = last.endOffset();
            partition.shard().execute(() -> partition.completeScrub(last));
            ticket = begin(partition, from);
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
