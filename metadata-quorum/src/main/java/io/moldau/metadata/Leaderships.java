package io.moldau.metadata;

/// What nodes lead, counted.
public final class Leaderships {
    private Leaderships() {}

    /// Partitions that the node leads and that another replica, being alive, may take over soon.
    public static int waiting(int nodeId, ClusterImage image) {
        int waiting = 0;
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) {
                if (partition.leader() == nodeId && hasOtherEligible(partition, nodeId, image)) {
                    waiting++;
                }
            }
        }
        return waiting;
    }

    private static boolean hasOtherEligible(
            PartitionImage partition, int nodeId, ClusterImage image) {
        for (int id : partition.replicas()) {
            if (id != nodeId && Assignments.isEligible(id, image)) {
                return true;
            }
        }
        return false;
    }
}
