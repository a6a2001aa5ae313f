package io.moldau.broker.group;

import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/// The broker settings that groups obey, under Kafka's names.
///
/// @param maxSize members of one group
/// @param offsetsRetentionMs how long offsets outlive their group
public record GroupSettings(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int initialRebalanceDelayMs,
        int maxSize,
        int offsetMetadataMaxBytes,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs) {

    /// Member ids given out and not yet used, per group. A client that gets no id is told to try
    /// again, and those that were given expire with the session timeout.
    static final int PENDING_MEMBERS_MAX = 10_000;

    /// Kafka keeps a group in one record of `__consumer_offsets`, so its `max.message.bytes` bounds
    /// a group there. The same bound here.
    static final int GROUP_BYTES_MAX = 1_048_588;

    /// A new member cannot heartbeat before its first generation, so its death would go unnoticed
    /// while a long rebalance lasts: it is asked to join again after this.
    static final int NEW_MEMBER_JOIN_TIMEOUT_MS = (int) TimeUnit.MINUTES.toMillis(5);

    public static GroupSettings defaults() {
        return new GroupSettings(
                6_000,
                1_800_000,
                3_000,
                Integer.MAX_VALUE,
                4_096,
                TimeUnit.DAYS.toMillis(7),
                600_000);
    }

    /// Reads them by Kafka's names.
    public static GroupSettings read(ToLongFunction<String> setting) {
        return new GroupSettings(
                (int) setting.applyAsLong("group.min.session.timeout.ms"),
                (int) setting.applyAsLong("group.max.session.timeout.ms"),
                (int) setting.applyAsLong("group.initial.rebalance.delay.ms"),
                (int) setting.applyAsLong("group.max.size"),
                (int) setting.applyAsLong("offset.metadata.max.bytes"),
                TimeUnit.MINUTES.toMillis(setting.applyAsLong("offsets.retention.minutes")),
                setting.applyAsLong("offsets.retention.check.interval.ms"));
    }

    public GroupSettings withInitialRebalanceDelayMs(int delayMs) {
        return new GroupSettings(
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                delayMs,
                maxSize,
                offsetMetadataMaxBytes,
                offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs);
    }

    public GroupSettings withMaxSize(int members) {
        return new GroupSettings(
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                initialRebalanceDelayMs,
                members,
                offsetMetadataMaxBytes,
                offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs);
    }
}
