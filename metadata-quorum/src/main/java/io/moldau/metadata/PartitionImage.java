package io.moldau.metadata;

import java.util.ArrayList;
import java.util.List;

/// Who keeps a partition and who leads it.
///
/// @param leader node id, or [#NO_LEADER]
/// @param leaderEpoch rises with every change of the leader, a restart of it included
/// @param partitionEpoch rises with every change of anything here
/// @param replicas the first one is preferred as leader. During a reassignment its target comes
///   first, and then those that are to go
/// @param isr in-sync replicas; empty only without a leader
/// @param elr eligible leader replicas: out of sync, but known to hold all that was committed
///   (KIP-966)
/// @param lastKnownElr the last leader, when neither ISR nor ELR has anyone left: it comes closest
/// @param addingReplicas replicas that a reassignment adds; empty when none is under way
/// @param removingReplicas replicas that leave when the reassignment ends
public record PartitionImage(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> elr,
        List<Integer> lastKnownElr,
        List<Integer> addingReplicas,
        List<Integer> removingReplicas) {
    public static final int NO_LEADER = -1;

    /// A partition that is not being reassigned.
    public PartitionImage(
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> elr,
            List<Integer> lastKnownElr) {
        this(
                leader,
                leaderEpoch,
                partitionEpoch,
                replicas,
                isr,
                elr,
                lastKnownElr,
                List.of(),
                List.of());
    }

    /// A partition at its birth: all replicas in sync.
    public static PartitionImage created(int leader, List<Integer> replicas, List<Integer> isr) {
        return new PartitionImage(leader, 0, 0, replicas, isr, List.of(), List.of());
    }

    /// True from the order to move the partition until its target is in sync, or the move called
    /// off.
    public boolean reassigning() {
        return !addingReplicas.isEmpty() || !removingReplicas.isEmpty();
    }

    /// The replicas that the partition will have, or has.
    public List<Integer> targetReplicas() {
        if (removingReplicas.isEmpty()) {
            return replicas;
        }
        var target = new ArrayList<>(replicas);
        target.removeAll(removingReplicas);
        return List.copyOf(target);
    }
}
