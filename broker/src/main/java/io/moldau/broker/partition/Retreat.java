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
    private int failedReign = NONE;

    /// The last in which this node may have told its leader of records that it has no more.
    private int doubtfulReign = NONE;

    Retreat(Partition partition) {
        this.partition = partition;
    }

    /// The log was given up.
    ///
    /// @param mayHaveLost whether something that counted may be gone
    void onFailed(Role role, boolean mayHaveLost) {
        failed = true;
        if (mayHaveLost) {
            doubt();
        }
        if (role.leads()) {
            failedReign = role.leaderEpoch();
        }
    }

    /// Some of the log is not what was written, and may have been acknowledged.
    void onDamaged() {
        doubt();
        var image = partition.leadership();
        if (image.leader() == partition.nodeId()) {
            failedReign = image.leaderEpoch();
        }
    }

    private void doubt() {
        doubtfulReign = Math.max(doubtfulReign, partition.leadership().leaderEpoch());
    }

    /// It is open again, and this node has a part in the partition.
    void onUsable() {
        failed = false;
        doubtfulReign = NONE;
        partition.keeper().onDamageKnown();
    }

    /// Whether the node must not do its part now. Nobody leads twice in one epoch: what it finds in
    /// its log may not be what it told its followers, and they could not see that. And nobody cuts
    /// what is damaged, or follows without what it lost, while it still counts.
    boolean forbids(PartitionImage image) {
        return image.leader() == partition.nodeId()
                ? image.leaderEpoch() == failedReign
                : isFull() || (isDoubtful() && counts(image));
    }

    /// Whether a leader may still believe what this node told it of records that are gone, and name
    /// it in sync. It does not in the next reign.
    boolean isBelieved(PartitionImage image) {
        return image.leader() != partition.nodeId()
                && image.leader() != PartitionImage.NO_LEADER
                && image.leaderEpoch() <= doubtfulReign;
    }

    private boolean isDoubtful() {
        return doubtfulReign != NONE || partition.keeper().damage() != null;
    }

    private boolean counts(PartitionImage image) {
        return image.isr().contains(partition.nodeId()) || image.elr().contains(partition.nodeId());
    }

    private boolean isFull() {
        return partition.keeper().room() == Room.CRITICAL;
    }

    /// Asks the cluster to go on without this replica, if that is due.
    void tick(Role role) {
        if (role instanceof Role.Lone || !(failed || isDoubtful() || isFull())) {
            return;
        }
        var image = partition.leadership();
        boolean mayBeNamed = isBelieved(image) && !partition.keeper().hasFailed();
        if (!counts(image) && !mayBeNamed) {
            return;
        }
        boolean leads = image.leader() == partition.nodeId();
        boolean renewing = leads && image.leaderEpoch() == failedReign;
        partition
                .peers()
                .giveUp(partition.topicId(), partition.name().partition(), isDoubtful(), renewing);
    }
}
