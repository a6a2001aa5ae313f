package io.moldau.quorum;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/// How Ratis's calls leave this node: over the port that all nodes talk over, which is none of
/// Ratis's business. Ratis finds this class by its name, and in its parameters the [RaftLink] that
/// leads on from here.
///
/// Whom to dial is not decided by what Ratis believes about addresses, but when a call is made:
/// nodes move, and a quorum of one may gain peers while it runs.
public final class RaftTransport implements RpcType {
    /// Under which the [RaftLink] stands in Ratis's parameters.
    static final String LINK = "moldau.raft.link";

    @Override
    public String name() {
        return "MOLDAU";
    }

    @Override
    public RpcFactory newFactory(@Nullable Parameters parameters) {
        if (parameters == null) {
            throw new IllegalArgumentException("the transport needs its link");
        }
        return new Factory(this, parameters.getNonNull(LINK, RaftLink.class));
    }

    private record Factory(RpcType getRpcType, RaftLink link) implements ServerFactory {
        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new Calls(getRpcType, link, server);
        }

        @Override
        public LogAppender newLogAppender(
                RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
            if (link.isFirstOf(leader, follower.getId())
                    && changesRole(division.getRaftConf(), follower.getId())) {
                return RoleChangeAppender.of(division, leader, follower);
            }
            var appender = LogAppender.newLogAppenderDefault(division, leader, follower);
            link.follows(appender);
            return appender;
        }

        /// Whether it is in the lists of voters, the former or the next, and among the listeners.
        private static boolean changesRole(RaftConfiguration membership, RaftPeerId id) {
            return membership.getPeer(id, RaftPeerRole.FOLLOWER) != null
                    && membership.getAllPeers(RaftPeerRole.LISTENER).stream()
                            .anyMatch(peer -> peer.getId().equals(id));
        }
    }

    private record Calls(RpcType getRpcType, RaftLink link, RaftServer server)
            implements RaftServerRpc {
        @Override
        public void start() {
            link.serve(server);
        }

        @Override
        public void close() {
            link.stopServing(server);
        }

        @Override
        public @Nullable InetSocketAddress getInetSocketAddress() {
            return null; // The membership says where a node is, see Addresses.
        }

        @Override
        public void addRaftPeers(Collection<RaftPeer> peers) {
            // They are dialled when there is something to tell them.
        }

        @Override
        public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {
            // Connections mend themselves.
        }

        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request)
                throws IOException {
            return link.calls().requestVote(request);
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
                throws IOException {
            return link.calls().appendEntries(request);
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
                throws IOException {
            return link.calls().installSnapshot(request);
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(
                StartLeaderElectionRequestProto request) throws IOException {
            return link.calls().startLeaderElection(request);
        }
    }
}
