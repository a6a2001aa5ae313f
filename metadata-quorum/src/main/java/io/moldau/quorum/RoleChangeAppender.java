package io.moldau.quorum;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.AwaitForSignal;

/// Takes the first of two places that a new leader of Ratis gives to one member, and does nothing.
///
/// While a voter becomes a listener, or a listener a voter, it is in both lists of the membership.
/// A node that is elected at that moment makes two appenders for it, finds that they are two of one
/// name, and is then a leader that never leads, of which nobody hears. So the first goes by a name
/// of its own; the second does the work, and is the one whose progress Ratis counts. This one goes
/// when the change of the membership is over.
record RoleChangeAppender(
        RaftServer.Division getServer,
        LeaderState getLeaderState,
        FollowerInfo getFollower,
        AwaitForSignal getEventAwaitForSignal)
        implements LogAppender {
    static RoleChangeAppender of(
            RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        return new RoleChangeAppender(
                division, leader, follower, new AwaitForSignal(follower.getId() + ", changing"));
    }

    @Override
    public RaftPeerId getFollowerId() {
        return RaftPeerId.valueOf(getFollower.getId() + ", changing");
    }

    @Override
    public void start() {
        // The other one does.
    }

    @Override
    public void run() {
        // Never started.
    }

    @Override
    public boolean isRunning() {
        return false;
    }

    @Override
    public CompletableFuture<?> stopAsync() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void triggerHeartbeat() {
        // The other one does.
    }

    @Override
    public long getCallId() {
        return 0;
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return Comparator.naturalOrder();
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat) {
        throw new UnsupportedOperationException("it sends nothing");
    }

    @Override
    public InstallSnapshotRequestProto newInstallSnapshotNotificationRequest(TermIndex first) {
        throw new UnsupportedOperationException("it sends nothing");
    }

    @Override
    public Iterable<InstallSnapshotRequestProto> newInstallSnapshotRequests(
            String requestId, SnapshotInfo snapshot) {
        return List.of();
    }
}
