package io.moldau.quorum;

import java.io.IOException;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Elections that do not wait for a leader's silence to last.
///
/// When a leader hands its office over, Ratis has it call its successor, who then stands for
/// election at once: no vote is asked for in advance, otherwise it is an election like any other.
/// Where the leader is dead the node tells itself, in that one's name.
final class Election {
    private static final Logger LOGGER = LoggerFactory.getLogger(Election.class);

    private static final long HAND_OVER_MS = 400;
    private static final long ALIVE_MS = 1_000;

    private Election() {}

    /// Hands the leadership over to another voter that is alive.
    ///
    /// @return completes when there is another leader, or it could not be done in time
    static CompletableFuture<Void> handOver(RaftNode node) {
        var successor = node.leads() ? successor(node.division()) : null;
        if (successor == null) {
            return CompletableFuture.completedFuture(null);
        }
        var request =
                new TransferLeadershipRequest(
                        ClientId.randomId(),
                        node.id(),
                        node.division().getMemberId().getGroupId(),
                        CallId.getAndIncrement(),
                        successor,
                        HAND_OVER_MS);
        try {
            return node.server()
                    .transferLeadershipAsync(request)
                    .orTimeout(HAND_OVER_MS, TimeUnit.MILLISECONDS)
                    .handle((reply, failure) -> {
                        LOGGER.atInfo()
                                .addKeyValue("to", successor)
                                .addKeyValue("done", failure == null && reply.isSuccess())
                                .log("handed the leadership of the quorum over");
                        return null;
                    });
        } catch (IOException | RuntimeException refused) {
            LOGGER.atInfo().setCause(refused).log("could not hand the leadership over");
            return CompletableFuture.completedFuture(null);
        }
    }

    /// The voter that was heard of last.
    private static @Nullable RaftPeerId successor(RaftServer.Division division) {
        var leaderInfo = division.getInfo().getRoleInfoProto().getLeaderInfo();
        return leaderInfo.getFollowerInfoList().stream()
                .filter(follower -> follower.getLastRpcElapsedTimeMs() < ALIVE_MS)
                .sorted(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
                .map(follower -> RaftPeerId.valueOf(follower.getId().getId()))
                .filter(id -> division.getRaftConf().getPeer(id, RaftPeerRole.FOLLOWER) != null)
                .findFirst()
                .orElse(null);
    }

    /// Stands for the place of `gone`. Not where a later term has begun: then another voter stands
    /// already or has won, and Ratis would refuse this one besides.
    static void force(RaftNode node, int gone) {
        var division = node.division();
        var info = division.getInfo();
        var leader = info.getLeaderId();
        if (!info.isFollower() || leader == null || PeerIds.nodeId(leader) != gone) {
            return; // Listens, leads, or is at it already.
        }
        var last =
                TermIndexProto.newBuilder()
                        .setTerm(info.getCurrentTerm())
                        .setIndex(division.getRaftLog().getNextIndex() - 1);
        var header =
                RaftRpcRequestProto.newBuilder()
                        .setRequestorId(leader.toByteString())
                        .setReplyId(node.id().toByteString())
                        .setRaftGroupId(
                                ProtoUtils.toRaftGroupIdProtoBuilder(
                                        division.getMemberId().getGroupId()));
        var request =
                StartLeaderElectionRequestProto.newBuilder()
                        .setServerRequest(header)
                        .setLeaderLastEntry(last)
                        .build();
        try {
            var reply = node.server().startLeaderElection(request);
            LOGGER.atInfo()
                    .addKeyValue("leader", leader)
                    .addKeyValue("started", reply.getServerReply().getSuccess())
                    .log("forced an election");
        } catch (IOException refused) {
            LOGGER.atInfo().setCause(refused).log("could not force an election");
        }
    }
}
