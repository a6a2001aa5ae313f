package io.moldau.metadata;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/// What an operator, a node or a coordinator asks for. Carries all that deciding needs, time and
/// luck included.
public sealed interface MetadataCommand {

    /// The first command of every cluster: gives it its name. A second name is refused.
    record NameCluster(String clusterId) implements MetadataCommand {}

    /// A node has started. Its node epoch rises, and the leader epoch of every partition that it
    /// alone keeps. The same incarnation twice changes nothing, so a retry is safe.
    ///
    /// @param incarnation drawn anew by every start of the process
    /// @param featureLevel the highest level of commands that the node can decide
    record RegisterNode(
            int nodeId,
            Uuid incarnation,
            List<NodeEndpoint> endpoints,
            @Nullable String rack,
            int featureLevel)
            implements MetadataCommand {}

    /// @param topicId drawn by the sender
    /// @param assignment replicas by partition, the first one preferred; empty to have
    ///   `partitionCount` partitions of `replicationFactor` replicas placed
    /// @param configs already checked by the broker
    /// @param seed luck for the placement
    record CreateTopic(
            String name,
            Uuid topicId,
            int partitionCount,
            short replicationFactor,
            List<List<Integer>> assignment,
            Map<String, String> configs,
            long seed)
            implements MetadataCommand {

        /// A topic whose replicas are to be placed.
        public static CreateTopic placed(
                String name,
                Uuid topicId,
                int partitionCount,
                int replicationFactor,
                Map<String, String> configs,
                long seed) {
            return new CreateTopic(
                    name,
                    topicId,
                    partitionCount,
                    (short) replicationFactor,
                    List.of(),
                    configs,
                    seed);
        }
    }

    /// Deletes a topic, its configuration and every offset committed for it.
    record DeleteTopic(Uuid topicId) implements MetadataCommand {}

    /// @param newTotal partitions that the topic shall have, the present ones included
    /// @param assignment replicas of the added partitions; empty to have them placed
    record CreatePartitions(String topic, int newTotal, List<List<Integer>> assignment, long seed)
            implements MetadataCommand {}

    /// Changes the overrides of one resource, already checked by the broker.
    ///
    /// @param replaceAll forget every override that `changes` does not set (the old AlterConfigs)
    record AlterConfigs(ConfigResource resource, List<ConfigChange> changes, boolean replaceAll)
            implements MetadataCommand {}

    /// Hands a block of [ClusterImage#PRODUCER_ID_BLOCK] producer ids to a node.
    record AllocateProducerIds(int nodeId, long nodeEpoch) implements MetadataCommand {}

    /// Commits offsets of one group. Topics that are gone by then are named in the outcome.
    ///
    /// @param expireTimestampMs when the offsets expire by the client's own wish (OffsetCommit
    ///   v2–4), or -1
    record CommitOffsets(
            String group, long commitTimestampMs, long expireTimestampMs, List<TopicCommits> topics)
            implements MetadataCommand {}

    /// Forgets committed offsets of one group. What is not there is no error.
    record DeleteOffsets(String group, List<TopicPartitions> topics) implements MetadataCommand {}

    /// Keeps a group's state as its coordinator decided it.
    record SaveGroup(GroupImage group) implements MetadataCommand {}

    /// Forgets a group and its committed offsets.
    record DeleteGroup(String group) implements MetadataCommand {}

    /// A leader reports who is in sync.
    ///
    /// @param leaderEpoch the epoch in which the sender leads
    /// @param partitionEpoch as the sender knows it; a stale one is refused
    record ChangeIsr(
            Uuid topicId, int partition, int leaderEpoch, int partitionEpoch, List<Integer> isr)
            implements MetadataCommand {}

    /// Commits of one topic within [CommitOffsets].
    record TopicCommits(Uuid topicId, String topic, List<PartitionCommit> partitions) {}

    /// @param leaderEpoch of the last record that was consumed, or -1
    record PartitionCommit(int partition, long offset, int leaderEpoch, String metadata) {}

    /// Some partitions of one topic.
    record TopicPartitions(String topic, List<Integer> partitions) {}

    /// One step of [AlterConfigs].
    ///
    /// @param value `null` only for [ConfigOp#DELETE]
    /// @param fallback what APPEND and SUBTRACT start from when there is no override yet
    record ConfigChange(
            String name, ConfigOp op, @Nullable String value, @Nullable String fallback) {
        public static ConfigChange set(String name, String value) {
            return new ConfigChange(name, ConfigOp.SET, value, null);
        }

        public static ConfigChange delete(String name) {
            return new ConfigChange(name, ConfigOp.DELETE, null, null);
        }
    }

    /// Kafka's four incremental operations; the last two treat the value as a comma-separated list.
    enum ConfigOp {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }
}
