package io.moldau.quorum;

import io.moldau.quorum.QuorumStatus.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;

/// Reads a [QuorumStatus] off Ratis.
final class StatusReport {
    private static final int NO_LEADER = -1;

    private StatusReport() {}

    static QuorumStatus of(RaftServer.Division division, long nowMs) {
        var info = division.getInfo();
        var leader = info.getLeaderId();
        var elapsedMs = elapsedByPeer(division);
        var commits = commitsByPeer(division);
        var voters = new ArrayList<Replica>();
        for (var peer : division.getRaftConf().getCurrentPeers()) {
            voters.add(replica(peer, division, elapsedMs, commits, nowMs));
        }
        var observers = new ArrayList<Replica>();
        for (var peer : division.getRaftConf().getAllPeers(RaftPeerRole.LISTENER)) {
            observers.add(replica(peer, division, elapsedMs, commits, nowMs));
        }
        return new QuorumStatus(
                leader == null ? NO_LEADER : PeerIds.nodeId(leader),
                info.getCurrentTerm(),
                division.getRaftLog().getLastCommittedIndex(),
                List.copyOf(voters),
                List.copyOf(observers));
    }

    private static Replica replica(
            RaftPeer peer,
            RaftServer.Division division,
            Map<String, Long> elapsedMs,
            Map<String, Long> commits,
            long nowMs) {
        int id = PeerIds.nodeId(peer.getId());
        var directoryId = PeerIds.directoryId(peer.getId());
        if (peer.getId().equals(division.getId())) {
            return new Replica(id, directoryId, division.getRaftLog().getNextIndex(), nowMs, nowMs);
        }
        long heardMs = nowMs - elapsedMs.getOrDefault(peer.getId().toString(), nowMs + 1);
        long end = commits.getOrDefault(peer.getId().toString(), -1L) + 1;
        boolean caughtUp = end > division.getRaftLog().getLastCommittedIndex();
        return new Replica(id, directoryId, end, heardMs, caughtUp ? heardMs : -1);
    }

    private static Map<String, Long> elapsedByPeer(RaftServer.Division division) {
        var elapsed = new HashMap<String, Long>();
        for (var follower :
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
            elapsed.put(
                    follower.getId().getId().toStringUtf8(), follower.getLastRpcElapsedTimeMs());
        }
        return elapsed;
    }

    private static Map<String, Long> commitsByPeer(RaftServer.Division division) {
        var commits = new HashMap<String, Long>();
        for (CommitInfoProto commit : division.getCommitInfos()) {
            commits.put(commit.getServer().getId().toStringUtf8(), commit.getCommitIndex());
        }
        return commits;
    }
}
