package io.moldau.chaos.sim.cluster;

/// A stream from a follower's node to the leader's, for one partition.
public final class SimStream {
    final long number;
    public final SimReplica follower;
    public final SimReplica leader;
    final Channel toLeader;
    final Channel toFollower;
    final long followerEpoch;
    private final long followerLife;
    private final long leaderLife;
    private final SimCluster cluster;
    private boolean openAtFollower = true;
    private boolean openAtLeader = true;

    SimStream(long number, SimReplica follower, SimReplica leader, SimCluster cluster) {
        this.number = number;
        this.follower = follower;
        this.leader = leader;
        this.cluster = cluster;
        followerLife = follower.node().life();
        leaderLife = leader.node().life();
        followerEpoch = follower.node().nodeEpoch();
        toLeader = new Channel(cluster, follower.node(), leader.node(), false);
        toFollower = new Channel(cluster, leader.node(), follower.node(), false);
    }

    boolean isOpen() {
        return openAtFollower || openAtLeader;
    }

    /// Each end learns that it is over at its own time; what arrives before counts.
    public void breakIn(long followerMs, long leaderMs) {
        cluster.timeline().in(followerMs, this::endAtFollower);
        cluster.timeline().in(leaderMs, this::endAtLeader);
    }

    private void endAtFollower() {
        if (openAtFollower) {
            openAtFollower = false;
            follower.node().deliver(followerLife, () -> follower.onStreamBroken(this));
        }
    }

    private void endAtLeader() {
        if (openAtLeader) {
            openAtLeader = false;
            leader.node().deliver(leaderLife, () -> leader.onFollowerGone(this));
        }
    }
}
