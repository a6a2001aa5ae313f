package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofBoolean;
import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.ofType;
import static io.moldau.broker.config.Setting.unset;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// The partitions' logs: segments, retention, flushing. Most of them are what a topic falls back
/// to.
final class LogSettings {
    static final List<Setting> SEGMENTS =
            List.of(
                    ofInt(
                                    "log.segment.bytes",
                                    1073741824,
                                    "A segment that has reached this size is closed and a new one"
                                            + " begun.")
                            .allowing(Range.atLeast(1024 * 1024))
                            .clusterWide(),
                    unset(
                                    "log.roll.ms",
                                    ConfigDef.Type.LONG,
                                    "A segment this old is closed, by the next record or, if none"
                                            + " comes, within log.retention.check.interval.ms;"
                                            + " log.roll.hours if not set.")
                            .clusterWide(),
                    ofInt("log.roll.hours", 168, "The same as log.roll.ms, in hours.")
                            .allowing(Range.atLeast(1)),
                    unset(
                                    "log.roll.jitter.ms",
                                    ConfigDef.Type.LONG,
                                    "At most so much earlier, by chance, a segment is closed, so"
                                            + " that not all roll at once; log.roll.jitter.hours if"
                                            + " not set.")
                            .clusterWide(),
                    ofInt("log.roll.jitter.hours", 0, "The same as log.roll.jitter.ms, in hours.")
                            .allowing(Range.atLeast(0)),
                    ofInt(
                                    "log.index.size.max.bytes",
                                    10485760,
                                    "The largest offset index of a segment; a full one closes the"
                                            + " segment.")
                            .allowing(Range.atLeast(4))
                            .clusterWide(),
                    ofInt(
                                    "log.index.interval.bytes",
                                    4096,
                                    "About every so many bytes of records get an index entry.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.segment.delete.delay.ms",
                                    60_000,
                                    "How long the files of a deleted segment stay on disk.")
                            .allowing(Range.atLeast(0))
                            .clusterWide());

    static final List<Setting> RETENTION =
            List.of(
                    ofType(
                                    "log.cleanup.policy",
                                    ConfigDef.Type.LIST,
                                    "delete",
                                    "What becomes of old segments: delete them, compact them by"
                                            + " key, or both; empty keeps them for ever.")
                            .allowing(Checks.CLEANUP_POLICY)
                            .clusterWide(),
                    unset(
                                    "log.retention.ms",
                                    ConfigDef.Type.LONG,
                                    "How long records are kept; -1 keeps them for ever;"
                                            + " log.retention.minutes if not set.")
                            .clusterWide(),
                    unset(
                            "log.retention.minutes",
                            ConfigDef.Type.INT,
                            "The same as log.retention.ms, in minutes; log.retention.hours if not"
                                    + " set."),
                    ofInt("log.retention.hours", 168, "The same as log.retention.ms, in hours."),
                    ofLong(
                                    "log.retention.bytes",
                                    -1,
                                    "How large one partition may grow before its oldest segments"
                                            + " are deleted; -1 sets no bound.")
                            .clusterWide(),
                    ofLong(
                                    "log.retention.check.interval.ms",
                                    300_000,
                                    "How often segments are looked over for what is to be closed"
                                            + " or deleted.")
                            .allowing(Range.atLeast(1)));

    static final List<Setting> FLUSHING =
            List.of(
                    ofLong(
                                    "log.flush.interval.messages",
                                    Long.MAX_VALUE,
                                    "After so many records a partition is flushed to the disk; 1"
                                            + " flushes before every acknowledgement.")
                            .allowing(Range.atLeast(1))
                            .clusterWide(),
                    unset(
                                    "log.flush.interval.ms",
                                    ConfigDef.Type.LONG,
                                    "A record waits at most so long for the disk;"
                                            + " log.flush.scheduler.interval.ms if not set.")
                            .clusterWide(),
                    ofLong(
                            "log.flush.scheduler.interval.ms",
                            Long.MAX_VALUE,
                            "What log.flush.interval.ms falls back to."),
                    ofInt(
                                    "log.flush.offset.checkpoint.interval.ms",
                                    60_000,
                                    "How often the last flushed offsets and the logs' start"
                                            + " offsets are written down, which shortens"
                                            + " recovery.")
                            .allowing(Range.atLeast(0)));

    static final List<Setting> RECORDS =
            List.of(
                    ofInt(
                                    "message.max.bytes",
                                    1048588,
                                    "The largest record batch, as it is sent, compressed.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofInt(
                                    "max.decompressed.message.bytes",
                                    Integer.MAX_VALUE - 8,
                                    "The largest single record after decompression.")
                            .allowing(Range.between(1, Integer.MAX_VALUE - 8))
                            .clusterWide()
                            .waitingFor(TopicSettings.DECOMPRESSION),
                    ofType(
                                    "log.message.timestamp.type",
                                    ConfigDef.Type.STRING,
                                    "CreateTime",
                                    "Whether records keep their producer's time or get the"
                                            + " broker's.")
                            .allowing(Checks.TIMESTAMP_TYPE)
                            .clusterWide(),
                    ofLong(
                                    "log.message.timestamp.before.max.ms",
                                    Long.MAX_VALUE,
                                    "A record whose time lies further in the past is refused.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.message.timestamp.after.max.ms",
                                    3_600_000,
                                    "A record whose time lies further in the future is refused.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofType(
                                    "compression.type",
                                    ConfigDef.Type.STRING,
                                    "producer",
                                    "How batches are compressed on disk; producer keeps them as"
                                            + " they were sent.")
                            .allowing(Checks.COMPRESSION_TYPE)
                            .clusterWide(),
                    ofInt(
                                    "compression.gzip.level",
                                    -1,
                                    "The level at which the broker compresses with gzip.")
                            .allowing(Checks.GZIP_LEVEL)
                            .clusterWide(),
                    ofInt(
                                    "compression.lz4.level",
                                    9,
                                    "The level at which the broker compresses with lz4.")
                            .allowing(Checks.LZ4_LEVEL)
                            .clusterWide(),
                    ofInt(
                                    "compression.zstd.level",
                                    3,
                                    "The level at which the broker compresses with zstd.")
                            .allowing(Checks.ZSTD_LEVEL)
                            .clusterWide());

    static final List<Setting> TOPICS =
            List.of(
                    ofInt(
                                    "num.partitions",
                                    1,
                                    "How many partitions a topic gets when its creator names no"
                                            + " number.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                            "default.replication.factor",
                            1,
                            "How many replicas a partition gets when its creator names no number."),
                    ofInt(
                                    "min.insync.replicas",
                                    1,
                                    "So many replicas must be in sync before a record with acks=all"
                                            + " is accepted.")
                            .allowing(Range.atLeast(1))
                            .clusterWide(),
                    ofBoolean(
                            "auto.create.topics.enable",
                            true,
                            "Whether a topic that a client asks for is created."),
                    ofBoolean("delete.topic.enable", true, "Whether topics can be deleted."),
                    ofBoolean(
                                    "unclean.leader.election.enable",
                                    false,
                                    "Whether a replica that lost records may lead when no other is"
                                            + " left.")
                            .clusterWide()
                            .waitingFor(TopicSettings.REPLICATION));

    private LogSettings() {}
}
