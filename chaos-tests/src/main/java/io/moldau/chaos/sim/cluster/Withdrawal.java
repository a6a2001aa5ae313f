package io.moldau.chaos.sim.cluster;

import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.PartitionImage;

/// How a node makes way where its disk does not let it keep a partition, as `Retreat` has it in
/// production: it asks for as long as that would change something, and comes back after a while.
/// Nobody leads twice in one epoch, and nobody who has lost something takes part before the cluster
/// knows.
final class Withdrawal {
    private static final int NONE = -1;

    private final SimReplica replica;
    private final SimCluster cluster;
    private final boolean lost;
    private final long againMs;
    private final int failedReign;
    private final int doubtfulReign;
    private boolean asking;

    /// @param lost whether something that counted may be gone
    /// @param againMs when the log may be opened again, by the node's clock
    Withdrawal(SimReplica replica, SimCluster cluster, boolean lost, long againMs) {
        this.replica = replica;
        this.cluster = cluster;
        this.lost = lost;
        this.againMs = againMs;
        failedReign = leads() ? replica.image().leaderEpoch() : NONE;
        doubtfulReign = lost && replica.image() != null ? replica.image().leaderEpoch() : NONE;
    }

    boolean lost() {
        return lost;
    }

    private boolean leads() {
        return replica.image() != null && replica.image().leader() == replica.node().id();
    }

    boolean counts() {
        var image = replica.image();
        int id = replica.node().id();
        return image != null && (image.isr().contains(id) || image.elr().contains(id));
    }

    private boolean isFormerReign() {
        return leads() && replica.image().leaderEpoch() == failedReign;
    }

    boolean mayEnd() {
        return replica.image() != null
                && replica.node().nowMs() >= againMs
                && !isFormerReign()
                && !(lost && helps())
                && !isBelieved();
    }

    /// Whether a leader may still count on what is gone.
    private boolean isBelieved() {
        var image = replica.image();
        return image != null
                && !leads()
                && image.leader() != PartitionImage.NO_LEADER
                && image.leaderEpoch() <= doubtfulReign;
    }

    void tick() {
        if (!asking && helps()) {
            asking = true;
            cluster.metadata().submit(replica.node(), command(), _ -> asking = false);
        }
    }

    private GiveUpReplica command() {
        return new GiveUpReplica(
                replica.node().id(),
                replica.node().nodeEpoch(),
                replica.topicId(),
                cluster.numberOf(replica.partition()),
                replica.image().leaderEpoch(),
                lost);
    }

    private boolean helps() {
        if (replica.node().nodeEpoch() < 0 || !(counts() || isBelieved())) {
            return false;
        }
        var now = replica.image();
        var then = after();
        return !now.equals(then) && (isFormerReign() || then.leader() != replica.node().id());
    }

    private PartitionImage after() {
        var image = MetadataMachine.decide(command(), replica.node().image()).image();
        var topic = image.topic(replica.topicId());
        return topic == null
                ? replica.image()
                : topic.partitions().get(cluster.numberOf(replica.partition()));
    }
}
