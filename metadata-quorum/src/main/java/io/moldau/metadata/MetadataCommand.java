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

    /// A node has started. It gets a new node epoch, leaves all that its former life led, and stays
    /// fenced until the controller finds it caught up; the only node of a cluster is unfenced at
    /// once. The same incarnation twice changes nothing, so a retry is safe.
    ///
    /// @param incarnation drawn anew by every start of the process
    /// @param directoryId drawn once for each metadata directory: a new one means that the disk is
    ///   another one, and that nothing the node had kept is there
    /// @param clusterAddress where other nodes reach it; `null` for a node that has no others
    /// @param featureLevel the highest level of commands that the node can decide
    /// @param knownEpoch the newest epoch under its id that the node has seen, or -1. A
    ///   registration of a former life that arrives late is behind by then, and refused
    /// @param clean true if all that the node had acknowledged is on its disk still
    record RegisterNode(
            int nodeId,
            Uuid incarnation,
            Uuid directoryId,
            List<NodeEndpoint> endpoints,
            @Nullable NodeAddress clusterAddress,
            @Nullable String rack,
            int featureLevel,
            long knownEpoch,
            boolean clean)
            implements MetadataCommand {

        /// A node that has no others around it.
        public static RegisterNode lone(
                int nodeId,
                Uuid incarnation,
                Uuid directoryId,
                List<NodeEndpoint> endpoints,
                @Nullable String rack,
                long knownEpoch) {
            return new RegisterNode(
                    nodeId,
                    incarnation,
                    directoryId,
                    endpoints,
                    null,
                    rack,
                    ClusterImage.FEATURE_LEVEL,
                    knownEpoch,
                    true);
        }
    }

    /// A node has caught up and may lead: partitions without a leader that it may lead get it.
    record UnfenceNode(int nodeId, long nodeEpoch) implements MetadataCommand {}

    /// A node is gone or silent. It leaves every ISR, and what it led gets other leaders.
    record FenceNode(int nodeId, long nodeEpoch) implements MetadataCommand {}

    /// A node is about to stop: what it leads moves to others that are in sync. May be asked again
    /// until nothing waits.
    record BeginShutdown(int nodeId, long nodeEpoch) implements MetadataCommand {}

    /// Forgets a node. Partitions keep it among their replicas until they are reassigned.
    record UnregisterNode(int nodeId) implements MetadataCommand {}

    /// An operator takes a node's vote in the metadata quorum for good, or lets it vote again.
    record ObserveOnly(int nodeId, boolean observerOnly) implements MetadataCommand {}

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
    /// @param coordinatorEpoch leader epoch of the group's partition of `__consumer_offsets` in
    ///   which the sender coordinates it, or [#ANY_COORDINATOR]
    record CommitOffsets(
            String group,
            long commitTimestampMs,
            long expireTimestampMs,
            List<TopicCommits> topics,
            int coordinatorEpoch)
            implements MetadataCommand {}

    /// Forgets committed offsets of one group. What is not there is no error.
    ///
    /// @param coordinatorEpoch as in [CommitOffsets]
    record DeleteOffsets(String group, List<TopicPartitions> topics, int coordinatorEpoch)
            implements MetadataCommand {}

    /// Keeps a group's state as its coordinator decided it.
    ///
    /// @param coordinatorEpoch as in [CommitOffsets]
    record SaveGroup(GroupImage group, int coordinatorEpoch) implements MetadataCommand {}

    /// Forgets a group and its committed offsets.
    ///
    /// @param coordinatorEpoch as in [CommitOffsets]
    record DeleteGroup(String group, int coordinatorEpoch) implements MetadataCommand {}

    /// A leader reports who is in sync. Ends a reassignment once its target is.
    ///
    /// @param leaderEpoch the epoch in which the sender leads
    /// @param partitionEpoch as the sender knows it; a stale one is refused
    record ChangeIsr(
            Uuid topicId, int partition, int leaderEpoch, int partitionEpoch, List<IsrMember> isr)
            implements MetadataCommand {}

    /// A node cannot use its replica of a partition: the disk failed or is full, or the records are
    /// damaged. The replica leaves the ISR, and another leads if there is one that may.
    ///
    /// One that has lost something asks again once it is out: then the leader's reign ends, and the
    /// next one, be it the same node's, knows nothing of what the replica had before.
    ///
    /// @param leaderEpoch as the sender knows it; another one is refused
    /// @param lost true if something that the replica had acknowledged may be gone
    record GiveUpReplica(
            int nodeId, long nodeEpoch, Uuid topicId, int partition, int leaderEpoch, boolean lost)
            implements MetadataCommand {}

    /// Asks for leaders, of some partitions or of all.
    ///
    /// @param topics `null` for every partition of the cluster
    record ElectLeaders(ElectionType type, @Nullable List<TopicPartitions> topics)
            implements MetadataCommand {}

    /// Moves partitions to other nodes, or calls off such moves.
    record AlterReassignments(List<Reassignment> reassignments) implements MetadataCommand {}

    /// For commands of groups that no coordinator sent.
    int ANY_COORDINATOR = -1;

    /// @param nodeEpoch of the life of the node that is in sync: one that has restarted since is
    ///   not
    record IsrMember(int nodeId, long nodeEpoch) {}

    /// @param target the replicas to end with, the preferred leader first; `null` calls the
    ///   reassignment off
    record Reassignment(String topic, int partition, @Nullable List<Integer> target) {}

    /// Whom [ElectLeaders] may choose.
    enum ElectionType {
        /// The first replica, if it is in sync.
        PREFERRED,
        /// Any live replica where there is no leader, even if acknowledged records are lost by it.
        UNCLEAN
    }

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
