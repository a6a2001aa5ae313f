package io.moldau.log;

import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;

/// The settings of one topic that its logs honour, under Kafka's names, with Kafka's defaults.
///
/// @param segmentJitterMs upper bound of what is taken off `segmentMs` at random for each segment
/// @param minCleanableDirtyRatio share of the log that must be uncompacted before it is compacted
/// @param deleteRetentionMs how long the mark of a deleted key stays once compaction has seen it
/// @param cleanupPolicy `delete`, `compact`, or both with a comma
/// @param compressionType `producer`, `uncompressed`, `gzip`, `snappy`, `lz4` or `zstd`
/// @param messageTimestampType `CreateTime` or `LogAppendTime`
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        long retentionMs,
        long retentionBytes,
        int maxMessageBytes,
        long flushMessages,
        long flushMs,
        long fileDeleteDelayMs,
        String cleanupPolicy,
        String compressionType,
        int compressionGzipLevel,
        int compressionLz4Level,
        int compressionZstdLevel,
        String messageTimestampType,
        long messageTimestampBeforeMaxMs,
        long messageTimestampAfterMaxMs,
        int producerIdExpirationMs,
        double minCleanableDirtyRatio,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs) {
    private static final LogConfig DEFAULTS =
            new LogConfig(
                    1 << 30,
                    604_800_000L,
                    0,
                    10 << 20,
                    4096,
                    604_800_000L,
                    -1,
                    1_048_588,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    60_000,
                    "delete",
                    "producer",
                    -1,
                    9,
                    3,
                    "CreateTime",
                    Long.MAX_VALUE,
                    3_600_000,
                    86_400_000,
                    0.5,
                    86_400_000,
                    0,
                    Long.MAX_VALUE);

    /// Kafka's defaults.
    public static LogConfig defaults() {
        return DEFAULTS;
    }

    /// The defaults with `settings` laid over them; names that are not the log's business are
    /// passed over.
    public static LogConfig of(Map<String, String> settings) {
        var config = DEFAULTS;
        for (var setting : settings.entrySet()) {
            config = config.with(setting.getKey(), setting.getValue());
        }
        return config;
    }

    /// This with one setting changed.
    ///
    /// @param name topic-level name (`segment.bytes`); any other leaves everything as it is
    /// @throws NumberFormatException the value is no number where one is due
    public LogConfig with(String name, String value) {
        var changed = new LogConfigDraft(this);
        changed.set(name, value);
        return changed.toConfig();
    }

    /// How batches are compressed on disk; null when they stay as the producer sent them.
    Compression codec() {
        return switch (compressionType) {
            case "producer" -> null;
            case "uncompressed", "none" -> Compression.NONE;
            case "gzip" -> Compression.gzip().level(compressionGzipLevel).build();
            case "snappy" -> Compression.snappy().build();
            case "lz4" -> Compression.lz4().level(compressionLz4Level).build();
            case "zstd" -> Compression.zstd().level(compressionZstdLevel).build();
            default ->
                    throw new IllegalArgumentException(
                            "unknown compression.type " + compressionType);
        };
    }

    /// Whether records must have a key.
    public boolean compacts() {
        return cleanupPolicy.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    /// How old a segment may get: what must be compacted by some time must be closed by then.
    public long segmentMsMax() {
        return compacts() ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
    }

    /// Whether retention may take segments away.
    public boolean deletes() {
        return cleanupPolicy.contains(TopicConfig.CLEANUP_POLICY_DELETE);
    }

    /// Whether records are stamped here rather than by their producer.
    public boolean stampsAppendTime() {
        return messageTimestampType.equals("LogAppendTime");
    }
}
