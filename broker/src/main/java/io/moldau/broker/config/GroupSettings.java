package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.ofType;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// Consumer groups, committed offsets, and producers' ids.
final class GroupSettings {
    static final List<Setting> ALL =
            List.of(
                    ofInt(
                            "group.min.session.timeout.ms",
                            6000,
                            "The shortest session timeout that a group member may ask for."),
                    ofInt(
                            "group.max.session.timeout.ms",
                            1_800_000,
                            "The longest session timeout that a group member may ask for."),
                    ofInt(
                            "group.initial.rebalance.delay.ms",
                            3000,
                            "How long an empty group waits for more members before its first"
                                    + " rebalance."),
                    ofInt(
                                    "group.max.size",
                                    Integer.MAX_VALUE,
                                    "How many members one group may have.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                            "offset.metadata.max.bytes",
                            4096,
                            "The longest note that a client may commit beside an offset."),
                    ofInt(
                                    "offsets.retention.minutes",
                                    10080,
                                    "How long committed offsets outlive their group's last member"
                                            + " or, without members, their commit.")
                            .allowing(Range.atLeast(1)),
                    ofLong(
                                    "offsets.retention.check.interval.ms",
                                    600_000,
                                    "How often expired offsets are looked for.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "offsets.topic.num.partitions",
                                    50,
                                    "How many partitions __consumer_offsets shows; the offsets"
                                            + " themselves live in the metadata quorum.")
                            .allowing(Range.atLeast(1)),
                    ofType(
                                    "offsets.topic.replication.factor",
                                    ConfigDef.Type.SHORT,
                                    3,
                                    "The replication factor of __consumer_offsets, capped by the"
                                            + " nodes that are there.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "offsets.topic.segment.bytes",
                                    104857600,
                                    "segment.bytes of __consumer_offsets.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "producer.id.expiration.ms",
                                    86_400_000,
                                    "How long a partition remembers an idle producer, to find its"
                                            + " duplicates.")
                            .allowing(Range.atLeast(1))
                            .clusterWide());

    private GroupSettings() {}
}
