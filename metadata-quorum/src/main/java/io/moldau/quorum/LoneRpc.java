package io.moldau.quorum;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.jspecify.annotations.Nullable;

/// The transport of a quorum of one: it has nobody to talk to, so it opens no port, starts no
/// thread and loads no gRPC. Whatever would need a peer is refused. Ratis finds it by its class
/// name.
public final class LoneRpc implements RpcType {
    @Override
    public String name() {
        return "LONE";
    }

    @Override
    public RpcFactory newFactory(@Nullable Parameters parameters) {
        return new Factory(this);
    }

    private record Factory(RpcType getRpcType) implements ServerFactory {
        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new Silence(getRpcType);
        }
    }

    private record Silence(RpcType getRpcType) implements RaftServerRpc {
        @Override
        public void start() {
            // There is nothing to listen to.
        }

        @Override
        public @Nullable InetSocketAddress getInetSocketAddress() {
            return null;
        }

        @Override
        public void addRaftPeers(Collection<RaftPeer> peers) {
            // The only one it is ever told of is itself.
        }

        @Override
        public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {
            // There is no connection to mend.
        }

        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request)
                throws IOException {
            throw alone();
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
                throws IOException {
            throw alone();
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
                throws IOException {
            throw alone();
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(
                StartLeaderElectionRequestProto request) throws IOException {
            throw alone();
        }

        @Override
        public void close() {
            // Nothing was opened.
        }

        private static IOException alone() {
            return new IOException("this node is alone in its quorum");
        }
    }
}
