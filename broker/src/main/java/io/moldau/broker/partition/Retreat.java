package io.moldau.broker.partition;

import io.moldau.broker.disk.Room;
import io.moldau.metadata.PartitionImage;

/// How this node makes way where its disk does not let it keep a partition: it leaves the in-sync
/// replicas at once, and another leads if one may. Belongs to the partition's shard.
///
/// The cluster is asked again with every tick for as long as that would change something, for
/// whoever may lead can come back later than the disk went.
final class Retreat {
    private static final int NONE = -1;

    private final Partition partition;
    private boolean failed;
    private boolean lost;
    private boolean damaged;
    private int failedReign = NONE;

    Retreat(Partition partition) {
        this.partition = partition;
    }

    /// The log was given up.
    ///
    /// @param mayHaveLost whether something that counted may be gone
    void onFailed(Role role, boolean mayHaveLost) {
        failed = true;
        lost |= mayHaveLost;
        if (role.leads()) {
            failedReign = role.leaderEpoch();
        }
    }

    /// Some of the log is not what was written, and may have been acknowledged.
    void onDamaged() {
        damaged = true;
        var image = partition.leadership();
        if (image.leader() == partition.nodeId()) {
            failedReign = image.leaderEpoch();
        }
    }

    /// It is open again, and this node has a part in the partition.
    void onUsable() {
        failed = false;
        lost = false;
    }

    /// Whether the node must not do its part now. Nobody leads twice in one epoch: what it finds in
    /// its log may not be what it told its followers, and they could not see that. And nobody cuts
    /// what is damaged while it still counts.
    boolean forbids(PartitionImage image) {
        return image.leader() == partition.nodeId()
                ? image.leaderEpoch() == failedReign
                : isFull() || (partition.keeper().damage() != null && counts(image));
    }

    private boolean counts(PartitionImage image) {
        return image.isr().contains(partition.nodeId()) || image.elr().contains(partition.nodeId());
    }

    private boolean isFull() {
        return partition.keeper().room() == Room.CRITICAL;
    }

    /// Asks the cluster to go on without this replica, if that is due.
    void tick(Role role) {
        if (role instanceof Role.Lone || !(failed || damaged || isFull())) {
            return;
        }
        var image = partition.leadership();
        if (!counts(image)) {
            damaged &= partition.keeper().damage() != null;
            return;
        }
        boolean leads = image.leader() == partition.nodeId();
        boolean renewing = leads && image.leaderEpoch() == failedReign;
        partition
                .peers()
                .giveUp(
                        partition.topicId(),
                        partition.name().partition(),
                        damaged || (failed && lost),
                        renewing);
    }
}
