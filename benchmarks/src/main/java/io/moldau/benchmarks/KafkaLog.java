package io.moldau.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/// One partition of Apache Kafka's, opened as its broker does.
record KafkaLog(KafkaScheduler scheduler, BrokerTopicStats stats, UnifiedLog log)
        implements MeasuredLog {
    private static final int TXN_TIMEOUT_MS = 900_000;
    private static final int PRODUCER_EXPIRATION_MS = 86_400_000;
    private static final int PRODUCER_CHECK_MS = 600_000;

    static KafkaLog open(Path root) {
        return open(root, Map.of(), true);
    }

    /// @param clean whether it was closed in order
    static KafkaLog open(Path root, Map<String, String> config, boolean clean) {
        try {
            var folder = Files.createDirectories(root.resolve(OurLog.PARTITION.toString()));
            var scheduler = new KafkaScheduler(1);
            scheduler.startup();
            var stats = new BrokerTopicStats();
            var log =
                    UnifiedLog.create(
                            folder.toFile(),
                            new LogConfig(config),
                            0L,
                            0L,
                            scheduler,
                            stats,
                            Time.SYSTEM,
                            TXN_TIMEOUT_MS,
                            new ProducerStateManagerConfig(PRODUCER_EXPIRATION_MS, true),
                            PRODUCER_CHECK_MS,
                            new LogDirFailureChannel(1),
                            clean,
                            Optional.empty());
            return new KafkaLog(scheduler, stats, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void append(ByteBuffer batch, long nowMs) {
        try {
            var _ = log.appendAsLeader(MemoryRecords.readableRecords(batch), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read(long offset, int maxBytes, ByteBuffer target) {
        try {
            var slice =
                    (FileRecords) log.read(offset, maxBytes, FetchIsolation.LOG_END, true).records;
            if (target != null) {
                slice.readInto(target, 0);
            }
            return slice.sizeInBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Object offsetFor(long timestampMs) {
        return log.fetchOffsetByTimestamp(timestampMs, Optional.empty());
    }

    @Override
    public void close() {
        log.close();
        stats.close();
        try {
            scheduler.shutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
