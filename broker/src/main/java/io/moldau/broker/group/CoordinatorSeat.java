package io.moldau.broker.group;

import io.moldau.metadata.ClusterImage;
import java.util.Optional;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;

/// Where a group is coordinated: at the leader of one partition of `__consumer_offsets`, chosen by
/// the group's id as in Kafka. Nothing is written to that partition; its leadership is all that
/// counts.
///
/// @param node the leader, or [PartitionImage#NO_LEADER]
/// @param epoch the partition's leader epoch, in whose name the coordinator speaks
public record CoordinatorSeat(int partition, int node, int epoch) {

    /// The seat of a group; empty while the topic does not exist.
    public static Optional<CoordinatorSeat> of(String groupId, ClusterImage image) {
        var topic = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        if (topic == null) {
            return Optional.empty();
        }
        int partition = Utils.abs(groupId.hashCode()) % topic.partitions().size();
        var leader = topic.partitions().get(partition);
        return Optional.of(new CoordinatorSeat(partition, leader.leader(), leader.leaderEpoch()));
    }
}
