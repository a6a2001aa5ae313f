package io.moldau.broker.fetch;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;

/// Which replica a consumer had better read from (KIP-392).
@FunctionalInterface
public interface NearestReplica {
    /// The leader serves everyone.
    NearestReplica LEADER = (_, _, _) -> -1;

    /// One that is in sync and in the consumer's rack, when the leader is not.
    NearestReplica SAME_RACK = NearestReplica::inRack;

    /// @param rack `client.rack` of the consumer; empty when it says none
    /// @return −1 for the leader
    int of(PartitionImage partition, ClusterImage image, String rack);

    /// What `replica.selector.class` names: Kafka's own class for racks, or nothing.
    static NearestReplica named(String selectorClass) {
        return selectorClass.endsWith(".RackAwareReplicaSelector") ? SAME_RACK : LEADER;
    }

    private static int inRack(PartitionImage partition, ClusterImage image, String rack) {
        if (rack.isEmpty() || isIn(rack, partition.leader(), image)) {
            return -1;
        }
        for (int node : partition.isr()) {
            if (isIn(rack, node, image)) {
                return node;
            }
        }
        return -1;
    }

    private static boolean isIn(String rack, int nodeId, ClusterImage image) {
        var node = image.node(nodeId);
        return node != null && node.eligible() && rack.equals(node.rack());
    }
}
