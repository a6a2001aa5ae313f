package io.moldau.broker.group;

import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.OffsetAndMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/// Which committed offsets nobody can want any more (KIP-211, KIP-496).
///
/// - A group without members: counted from the later of when it became empty and the commit.
/// - Offsets of clients that assign partitions to themselves: counted from the commit.
/// - A stable group of consumers: topics that none of them reads, counted from the commit.
/// - A group in a rebalance, or one whose subscription is not understood: none (KAFKA-13636).
final class OffsetExpiry {
    private OffsetExpiry() {}

    static List<TopicPartitions> expired(
            ClassicGroup group,
            Map<TopicPartition, OffsetAndMetadata> committed,
            long retentionMs,
            long nowMs) {
        var byTopic = new TreeMap<String, List<Integer>>();
        committed.forEach((partition, offset) -> {
            if (mayExpire(group, partition.topic()) && isOver(group, offset, retentionMs, nowMs)) {
                byTopic.computeIfAbsent(partition.topic(), _ -> new ArrayList<>())
                        .add(partition.partition());
            }
        });
        return byTopic.entrySet().stream()
                .map(topic -> new TopicPartitions(topic.getKey(), topic.getValue()))
                .toList();
    }

    private static boolean mayExpire(ClassicGroup group, String topic) {
        return group.isEmpty() || (group.isStable() && !unknownOrRead(group, topic));
    }

    private static boolean unknownOrRead(ClassicGroup group, String topic) {
        return group.subscribedTopics().map(topics -> topics.contains(topic)).orElse(true);
    }

    private static boolean isOver(
            ClassicGroup group, OffsetAndMetadata offset, long retentionMs, long nowMs) {
        if (offset.expireTimestampMs() >= 0) {
            return offset.expireTimestampMs() <= nowMs;
        }
        boolean hadMembers = group.isEmpty() && group.protocolType().isPresent();
        long sinceMs =
                hadMembers
                        ? Math.max(group.stateSinceMs(), offset.commitTimestampMs())
                        : offset.commitTimestampMs();
        return nowMs - sinceMs >= retentionMs;
    }
}
