package io.moldau.metadata;

import java.util.List;

/// Who keeps a partition and who leads it.
///
/// @param leader node id, or [#NO_LEADER]
/// @param leaderEpoch rises with every change of the leader, a restart of it included
/// @param partitionEpoch rises with every change of anything here
/// @param replicas the first one is preferred as leader
/// @param isr in-sync replicas
/// @param elr eligible leader replicas: out of sync, but known to hold all that was committed
///   (KIP-966)
/// @param lastKnownElr formerly eligible, restarted uncleanly since
public record PartitionImage(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> elr,
        List<Integer> lastKnownElr) {
    public static final int NO_LEADER = -1;

    /// A partition at its birth: all replicas in sync.
    public static PartitionImage created(int leader, List<Integer> replicas, List<Integer> isr) {
        return new PartitionImage(leader, 0, 0, replicas, isr, List.of(), List.of());
    }

    /// The same leader, restarted.
    public PartitionImage withNextLeaderEpoch() {
        return new PartitionImage(
                leader, leaderEpoch + 1, partitionEpoch + 1, replicas, isr, elr, lastKnownElr);
    }

    public PartitionImage withIsr(List<Integer> newIsr) {
        return new PartitionImage(
                leader, leaderEpoch, partitionEpoch + 1, replicas, newIsr, elr, lastKnownElr);
    }
}
