package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofBoolean;
import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.ofType;
import static io.moldau.broker.config.TopicSetting.alone;
import static io.moldau.broker.config.TopicSetting.behind;
import static io.moldau.broker.config.TopicSetting.hours;
import static io.moldau.broker.config.TopicSetting.minutes;
import static io.moldau.broker.config.TopicSetting.plain;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// What a topic can set for itself, and what it falls back to.
final class TopicSettings {
    static final String REPLICATION = "replication between nodes";
    static final String TIERED_STORAGE = "tiered storage";
    static final String DECOMPRESSION = "a bound on single decompressed records";
    private static final String SHARE_GROUPS = "share groups";

    private static final List<TopicSetting> SEGMENTS =
            List.of(
                    behind(
                            ofInt(
                                            "segment.bytes",
                                            1073741824,
                                            "A segment that has reached this size is closed and a"
                                                    + " new one begun.")
                                    .allowing(Range.atLeast(1024 * 1024)),
                            plain("log.segment.bytes")),
                    behind(
                            ofLong(
                                            "segment.ms",
                                            604_800_000,
                                            "A segment this old is closed, by the next record or,"
                                                    + " if none comes, within"
                                                    + " log.retention.check.interval.ms.")
                                    .allowing(Range.atLeast(1)),
                            plain("log.roll.ms"),
                            hours("log.roll.hours")),
                    behind(
                            ofLong(
                                            "segment.jitter.ms",
                                            0,
                                            "At most so much earlier, by chance, a segment is"
                                                    + " closed, so that not all roll at once.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.roll.jitter.ms"),
                            hours("log.roll.jitter.hours")),
                    behind(
                            ofInt(
                                            "segment.index.bytes",
                                            10485760,
                                            "The largest offset index of a segment; a full one"
                                                    + " closes the segment.")
                                    .allowing(Range.atLeast(4)),
                            plain("log.index.size.max.bytes")),
                    behind(
                            ofInt(
                                            "index.interval.bytes",
                                            4096,
                                            "About every so many bytes of records get an index"
                                                    + " entry.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.index.interval.bytes")),
                    behind(
                            ofLong(
                                            "file.delete.delay.ms",
                                            60_000,
                                            "How long the files of a deleted segment stay on"
                                                    + " disk.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.segment.delete.delay.ms")),
                    alone(
                            ofBoolean(
                                    "preallocate",
                                    false,
                                    "Whether a new segment's file takes its full size at once; it"
                                            + " makes no difference here, where files grow as they"
                                            + " are written.")));

    private static final List<TopicSetting> RETENTION =
            List.of(
                    behind(
                            ofType(
                                            "cleanup.policy",
                                            ConfigDef.Type.LIST,
                                            "delete",
                                            "What becomes of old segments: delete them, compact"
                                                    + " them by key, or both; empty keeps them for"
                                                    + " ever.")
                                    .allowing(Checks.CLEANUP_POLICY),
                            plain("log.cleanup.policy")),
                    behind(
                            ofLong(
                                            "retention.ms",
                                            604_800_000,
                                            "How long records are kept; -1 keeps them for ever.")
                                    .allowing(Range.atLeast(-1)),
                            plain("log.retention.ms"),
                            minutes("log.retention.minutes"),
                            hours("log.retention.hours")),
                    behind(
                            ofLong(
                                    "retention.bytes",
                                    -1,
                                    "How large one partition may grow before its oldest segments"
                                            + " are deleted; -1 sets no bound."),
                            plain("log.retention.bytes")),
                    behind(
                            ofType(
                                            "min.cleanable.dirty.ratio",
                                            ConfigDef.Type.DOUBLE,
                                            0.5,
                                            "The log is compacted when this share of it has not"
                                                    + " been compacted yet.")
                                    .allowing(Range.between(0, 1)),
                            plain("log.cleaner.min.cleanable.ratio")),
                    behind(
                            ofLong(
                                            "delete.retention.ms",
                                            86_400_000,
                                            "How long a compacted log keeps the marks of deleted"
                                                    + " keys.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.cleaner.delete.retention.ms")),
                    behind(
                            ofLong(
                                            "min.compaction.lag.ms",
                                            0,
                                            "A record stays uncompacted at least so long.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.cleaner.min.compaction.lag.ms")),
                    behind(
                            ofLong(
                                            "max.compaction.lag.ms",
                                            Long.MAX_VALUE,
                                            "A record stays uncompacted at most so long.")
                                    .allowing(Range.atLeast(1)),
                            plain("log.cleaner.max.compaction.lag.ms")));

    private static final List<TopicSetting> DURABILITY =
            List.of(
                    behind(
                            ofLong(
                                            "flush.messages",
                                            Long.MAX_VALUE,
                                            "After so many records a partition is flushed to the"
                                                    + " disk; 1 flushes before every"
                                                    + " acknowledgement.")
                                    .allowing(Range.atLeast(1)),
                            plain("log.flush.interval.messages")),
                    behind(
                            ofLong(
                                            "flush.ms",
                                            Long.MAX_VALUE,
                                            "A record waits at most so long for the disk.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.flush.interval.ms"),
                            plain("log.flush.scheduler.interval.ms")),
                    behind(
                            ofInt(
                                            "min.insync.replicas",
                                            1,
                                            "So many replicas must be in sync before a record with"
                                                    + " acks=all is accepted.")
                                    .allowing(Range.atLeast(1)),
                            plain("min.insync.replicas")),
                    behind(
                            ofBoolean(
                                            "unclean.leader.election.enable",
                                            false,
                                            "Whether a replica that lost records may lead when no"
                                                    + " other is left.")
                                    .waitingFor(REPLICATION),
                            plain("unclean.leader.election.enable")),
                    alone(
                            ofType(
                                            "leader.replication.throttled.replicas",
                                            ConfigDef.Type.LIST,
                                            "",
                                            "Replicas, as partition:node, that are sent records at"
                                                    + " a bounded rate.")
                                    .allowing(Checks.THROTTLED_REPLICAS)),
                    alone(
                            ofType(
                                            "follower.replication.throttled.replicas",
                                            ConfigDef.Type.LIST,
                                            "",
                                            "Replicas, as partition:node, that fetch records at a"
                                                    + " bounded rate.")
                                    .allowing(Checks.THROTTLED_REPLICAS)));

    private static final List<TopicSetting> RECORDS =
            List.of(
                    behind(
                            ofInt(
                                            "max.message.bytes",
                                            1048588,
                                            "The largest record batch, as it is sent, compressed.")
                                    .allowing(Range.atLeast(0)),
                            plain("message.max.bytes")),
                    behind(
                            ofInt(
                                            "max.decompressed.message.bytes",
                                            Integer.MAX_VALUE - 8,
                                            "The largest single record after decompression.")
                                    .allowing(Range.between(1, Integer.MAX_VALUE - 8))
                                    .waitingFor(DECOMPRESSION),
                            plain("max.decompressed.message.bytes")),
                    behind(
                            ofType(
                                            "message.timestamp.type",
                                            ConfigDef.Type.STRING,
                                            "CreateTime",
                                            "Whether records keep their producer's time or get the"
                                                    + " broker's.")
                                    .allowing(Checks.TIMESTAMP_TYPE),
                            plain("log.message.timestamp.type")),
                    behind(
                            ofLong(
                                            "message.timestamp.before.max.ms",
                                            Long.MAX_VALUE,
                                            "A record whose time lies further in the past is"
                                                    + " refused.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.message.timestamp.before.max.ms")),
                    behind(
                            ofLong(
                                            "message.timestamp.after.max.ms",
                                            3_600_000,
                                            "A record whose time lies further in the future is"
                                                    + " refused.")
                                    .allowing(Range.atLeast(0)),
                            plain("log.message.timestamp.after.max.ms")),
                    behind(
                            ofType(
                                            "compression.type",
                                            ConfigDef.Type.STRING,
                                            "producer",
                                            "How batches are compressed on disk; producer keeps"
                                                    + " them as they were sent.")
                                    .allowing(Checks.COMPRESSION_TYPE),
                            plain("compression.type")),
                    behind(
                            ofInt(
                                            "compression.gzip.level",
                                            -1,
                                            "The level at which the broker compresses with gzip.")
                                    .allowing(Checks.GZIP_LEVEL),
                            plain("compression.gzip.level")),
                    behind(
                            ofInt(
                                            "compression.lz4.level",
                                            9,
                                            "The level at which the broker compresses with lz4.")
                                    .allowing(Checks.LZ4_LEVEL),
                            plain("compression.lz4.level")),
                    behind(
                            ofInt(
                                            "compression.zstd.level",
                                            3,
                                            "The level at which the broker compresses with zstd.")
                                    .allowing(Checks.ZSTD_LEVEL),
                            plain("compression.zstd.level")));

    private static final List<TopicSetting> GROUPS =
            List.of(
                    alone(
                            ofBoolean(
                                            "errors.deadletterqueue.group.enable",
                                            false,
                                            "Whether share groups may put records here that they"
                                                    + " could not deliver.")
                                    .waitingFor(SHARE_GROUPS)));

    /// Known to Kafka, and kept for the day on which records can move to an object store.
    private static final List<TopicSetting> TIERED =
            List.of(
                    alone(
                            ofBoolean(
                                            "remote.storage.enable",
                                            false,
                                            "Whether closed segments move to remote storage; true"
                                                    + " is refused, there is none here.")
                                    .allowing(Checks.NO_REMOTE_STORAGE)),
                    alone(
                            ofLong(
                                            "local.retention.ms",
                                            -2,
                                            "How long segments stay on local disk once they are in"
                                                    + " remote storage.")
                                    .allowing(Range.atLeast(-2))
                                    .waitingFor(TIERED_STORAGE)),
                    alone(
                            ofLong(
                                            "local.retention.bytes",
                                            -2,
                                            "How many bytes stay on local disk once they are in"
                                                    + " remote storage.")
                                    .allowing(Range.atLeast(-2))
                                    .waitingFor(TIERED_STORAGE)),
                    alone(
                            ofLong(
                                            "remote.copy.lag.ms",
                                            0,
                                            "How long a closed segment stays away from remote"
                                                    + " storage.")
                                    .allowing(Range.atLeast(-1))
                                    .waitingFor(TIERED_STORAGE)),
                    alone(
                            ofLong(
                                            "remote.copy.lag.bytes",
                                            -1,
                                            "How many bytes of closed segments stay away from"
                                                    + " remote storage.")
                                    .allowing(Range.atLeast(-1))
                                    .waitingFor(TIERED_STORAGE)),
                    alone(
                            ofBoolean(
                                            "remote.log.copy.disable",
                                            false,
                                            "Whether segments stop being copied to remote storage.")
                                    .waitingFor(TIERED_STORAGE)),
                    alone(
                            ofBoolean(
                                            "remote.log.delete.on.disable",
                                            false,
                                            "Whether remote segments go when remote storage is"
                                                    + " turned off.")
                                    .waitingFor(TIERED_STORAGE)));

    static final List<TopicSetting> ALL =
            Stream.of(SEGMENTS, RETENTION, DURABILITY, RECORDS, GROUPS, TIERED)
                    .flatMap(List::stream)
                    .toList();

    private TopicSettings() {}
}
