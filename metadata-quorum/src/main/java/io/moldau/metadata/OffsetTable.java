package io.moldau.metadata;

import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The committed offsets: group → topic → partition.
///
/// One writer, the apply thread; readers take no lock. Topics that do not exist hold no offsets, so
/// what a name leads to never outlives its topic.
final class OffsetTable implements CommittedOffsets {
    private final ConcurrentMap<String, ConcurrentMap<String, PartitionOffsets>> groups =
            new ConcurrentHashMap<>();

    @Override
    public @Nullable OffsetAndMetadata get(String group, String topic, int partition) {
        var topics = groups.get(group);
        var offsets = topics == null ? null : topics.get(topic);
        return offsets == null ? null : offsets.get(partition);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> all(String group) {
        var all = new HashMap<TopicPartition, OffsetAndMetadata>();
        topics(group)
                .forEach((topic, offsets) ->
                        offsets.forEach((partition, committed) ->
                                all.put(new TopicPartition(topic, partition), committed)));
        return all;
    }

    @Override
    public Set<String> groups() {
        return Set.copyOf(groups.keySet());
    }

    /// Follows an accepted `command`, decided on the image `before`.
    void follow(MetadataCommand command, ClusterImage before) {
        switch (command) {
            case CommitOffsets commit -> commit(commit, before);
            case DeleteOffsets delete -> delete(delete);
            case DeleteGroup(var group, _) -> groups.remove(group);
            case DeleteTopic(var topicId) -> forgetTopic(before.topicName(topicId));
            case MetadataCommand.NameCluster _,
                    MetadataCommand.RegisterNode _,
                    MetadataCommand.CreateTopic _,
                    MetadataCommand.CreatePartitions _,
                    MetadataCommand.AlterConfigs _,
                    MetadataCommand.AllocateProducerIds _,
                    MetadataCommand.SaveGroup _,
                    MetadataCommand.ChangeIsr _,
                    MetadataCommand.GiveUpReplica _,
                    MetadataCommand.UnfenceNode _,
                    MetadataCommand.FenceNode _,
                    MetadataCommand.BeginShutdown _,
                    MetadataCommand.UnregisterNode _,
                    MetadataCommand.ObserveOnly _,
                    MetadataCommand.ElectLeaders _,
                    MetadataCommand.AlterReassignments _ -> {}
        }
    }

    private void commit(CommitOffsets command, ClusterImage image) {
        ConcurrentMap<String, PartitionOffsets> topics = null;
        for (var commits : command.topics()) {
            var topic = image.topic(commits.topicId());
            if (topic == null || commits.partitions().isEmpty()) {
                continue;
            }
            if (topics == null) {
                topics = groups.computeIfAbsent(command.group(), _ -> new ConcurrentHashMap<>(4));
            }
            var offsets = topics.get(topic.name());
            if (offsets == null) {
                offsets = new PartitionOffsets(topic.id());
                put(commits, command, topic, offsets);
                if (!offsets.isEmpty()) {
                    topics.put(topic.name(), offsets);
                }
            } else {
                put(commits, command, topic, offsets);
            }
        }
        if (topics != null && topics.isEmpty()) {
            groups.remove(command.group());
        }
    }

    private static void put(
            TopicCommits commits,
            CommitOffsets command,
            TopicImage topic,
            PartitionOffsets offsets) {
        for (var commit : commits.partitions()) {
            // A partition that does not exist was never there: topics do not shrink.
            if (topic.hasPartition(commit.partition())) {
                offsets.put(
                        commit.partition(),
                        new OffsetAndMetadata(
                                commit.offset(),
                                commit.leaderEpoch(),
                                commit.metadata(),
                                command.commitTimestampMs(),
                                command.expireTimestampMs(),
                                topic.id()));
            }
        }
    }

    private void delete(DeleteOffsets command) {
        var topics = groups.get(command.group());
        if (topics == null) {
            return;
        }
        for (var deleted : command.topics()) {
            var offsets = topics.get(deleted.topic());
            if (offsets == null) {
                continue;
            }
            deleted.partitions().forEach(offsets::remove);
            if (offsets.isEmpty()) {
                topics.remove(deleted.topic());
            }
        }
        if (topics.isEmpty()) {
            groups.remove(command.group());
        }
    }

    private void forgetTopic(@Nullable String topic) {
        if (topic == null) {
            return;
        }
        groups.values().forEach(topics -> topics.remove(topic));
        groups.values().removeIf(Map::isEmpty);
    }

    /// Puts back what a snapshot held.
    void restore(String group, String topic, Uuid topicId, int partition, OffsetAndMetadata value) {
        groups.computeIfAbsent(group, _ -> new ConcurrentHashMap<>(4))
                .computeIfAbsent(topic, _ -> new PartitionOffsets(topicId))
                .put(partition, value);
    }

    void clear() {
        groups.clear();
    }

    /// A group's offsets by topic; empty when it has none.
    Map<String, PartitionOffsets> topics(String group) {
        var topics = groups.get(group);
        return topics == null ? Map.of() : topics;
    }
}
