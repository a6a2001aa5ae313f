package io.moldau.log;

import org.apache.kafka.common.config.TopicConfig;

/// A [LogConfig] being changed, one field at a time.
final class LogConfigDraft {
    private int segmentBytes;
    private long segmentMs;
    private long segmentJitterMs;
    private int segmentIndexBytes;
    private int indexIntervalBytes;
    private long retentionMs;
    private long retentionBytes;
    private int maxMessageBytes;
    private long flushMessages;
    private long flushMs;
    private long fileDeleteDelayMs;
    private String cleanupPolicy;
    private String compressionType;
    private int gzipLevel;
    private int lz4Level;
    private int zstdLevel;
    private String timestampType;
    private long timestampBeforeMaxMs;
    private long timestampAfterMaxMs;
    private int producerIdExpirationMs;
    private double minCleanableDirtyRatio;
    private long deleteRetentionMs;
    private long minCompactionLagMs;
    private long maxCompactionLagMs;

    LogConfigDraft(LogConfig from) {
        segmentBytes = from.segmentBytes();
        segmentMs = from.segmentMs();
        segmentJitterMs = from.segmentJitterMs();
        segmentIndexBytes = from.segmentIndexBytes();
        indexIntervalBytes = from.indexIntervalBytes();
        retentionMs = from.retentionMs();
        retentionBytes = from.retentionBytes();
        maxMessageBytes = from.maxMessageBytes();
        flushMessages = from.flushMessages();
        flushMs = from.flushMs();
        fileDeleteDelayMs = from.fileDeleteDelayMs();
        cleanupPolicy = from.cleanupPolicy();
        compressionType = from.compressionType();
        gzipLevel = from.compressionGzipLevel();
        lz4Level = from.compressionLz4Level();
        zstdLevel = from.compressionZstdLevel();
        timestampType = from.messageTimestampType();
        timestampBeforeMaxMs = from.messageTimestampBeforeMaxMs();
        timestampAfterMaxMs = from.messageTimestampAfterMaxMs();
        producerIdExpirationMs = from.producerIdExpirationMs();
        minCleanableDirtyRatio = from.minCleanableDirtyRatio();
        deleteRetentionMs = from.deleteRetentionMs();
        minCompactionLagMs = from.minCompactionLagMs();
        maxCompactionLagMs = from.maxCompactionLagMs();
    }

    void set(String name, String value) {
        switch (name) {
            case TopicConfig.SEGMENT_BYTES_CONFIG -> segmentBytes = Integer.parseInt(value);
            case TopicConfig.SEGMENT_MS_CONFIG -> segmentMs = Long.parseLong(value);
            case TopicConfig.SEGMENT_JITTER_MS_CONFIG -> segmentJitterMs = Long.parseLong(value);
            case TopicConfig.SEGMENT_INDEX_BYTES_CONFIG ->
                    segmentIndexBytes = Integer.parseInt(value);
            case TopicConfig.INDEX_INTERVAL_BYTES_CONFIG ->
                    indexIntervalBytes = Integer.parseInt(value);
            case TopicConfig.RETENTION_MS_CONFIG -> retentionMs = Long.parseLong(value);
            case TopicConfig.RETENTION_BYTES_CONFIG -> retentionBytes = Long.parseLong(value);
            case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> maxMessageBytes = Integer.parseInt(value);
            case TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG ->
                    flushMessages = Long.parseLong(value);
            case TopicConfig.FLUSH_MS_CONFIG -> flushMs = Long.parseLong(value);
            case TopicConfig.FILE_DELETE_DELAY_MS_CONFIG ->
                    fileDeleteDelayMs = Long.parseLong(value);
            case TopicConfig.CLEANUP_POLICY_CONFIG -> cleanupPolicy = value;
            case TopicConfig.COMPRESSION_TYPE_CONFIG -> compressionType = value;
            case TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG -> gzipLevel = Integer.parseInt(value);
            case TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG -> lz4Level = Integer.parseInt(value);
            case TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG -> zstdLevel = Integer.parseInt(value);
            case TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG -> timestampType = value;
            case TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG ->
                    timestampBeforeMaxMs = Long.parseLong(value);
            case TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG ->
                    timestampAfterMaxMs = Long.parseLong(value);
            case "producer.id.expiration.ms" -> producerIdExpirationMs = Integer.parseInt(value);
            case TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG ->
                    minCleanableDirtyRatio = Double.parseDouble(value);
            case TopicConfig.DELETE_RETENTION_MS_CONFIG ->
                    deleteRetentionMs = Long.parseLong(value);
            case TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG ->
                    minCompactionLagMs = Long.parseLong(value);
            case TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG ->
                    maxCompactionLagMs = Long.parseLong(value);
            default -> {
                // Not the log's business.
            }
        }
    }

    LogConfig toConfig() {
        return new LogConfig(
                segmentBytes,
                segmentMs,
                segmentJitterMs,
                segmentIndexBytes,
                indexIntervalBytes,
                retentionMs,
                retentionBytes,
                maxMessageBytes,
                flushMessages,
                flushMs,
                fileDeleteDelayMs,
                cleanupPolicy,
                compressionType,
                gzipLevel,
                lz4Level,
                zstdLevel,
                timestampType,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                producerIdExpirationMs,
                minCleanableDirtyRatio,
                deleteRetentionMs,
                minCompactionLagMs,
                maxCompactionLagMs);
    }
}
