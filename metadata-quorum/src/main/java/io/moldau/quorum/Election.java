package io.moldau.quorum;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands for election without waiting for the leader's silence to last.
///
/// It is what Ratis does when a leader hands its office over: the successor is told so by a call in
/// the leader's name. Here the node tells itself. No vote is asked for in advance; otherwise it is
/// an election like any other.
final class Election {
    private static final Logger LOGGER = LoggerFactory.getLogger(Election.class);

    private Election() {}

    static void force(RaftNode node) {
        var division = node.division();
        var info = division.getInfo();
        if (!info.isFollower()) {
            return; // Listens, leads, or is at it already.
        }
        var leader = info.getLeaderId() == null ? node.id() : info.getLeaderId();
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
            LOGGER.atWarn().setCause(refused).log("could not force an election");
        }
    }
}
