package io.moldau.quorum;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.jspecify.annotations.Nullable;

/// Between Ratis and the port for other nodes. A quorum of one has no port: then nothing of gRPC is
/// loaded, and whatever would need a peer is refused. The port may come later.
final class RaftLink {
    private final Map<RaftPeerId, FollowerInfo> followers = new ConcurrentHashMap<>();
    private volatile @Nullable RaftServerProtocol calls;
    private volatile @Nullable RaftServer server;

    /// From now on the peers are reached through `opened`.
    void open(RaftServerProtocol opened) {
        calls = opened;
    }

    /// Calls to other voters and listeners.
    RaftServerProtocol calls() throws IOException {
        var open = calls;
        if (open == null) {
            throw new IOException("this node is alone in its quorum");
        }
        return open;
    }

    void serve(RaftServer started) {
        server = started;
    }

    void stopServing(RaftServer stopped) {
        if (stopped.equals(server)) {
            server = null;
        }
    }

    /// Who answers the calls of others.
    ///
    /// @throws IOException this node does not take part just now
    RaftServer server() throws IOException {
        var serving = server;
        if (serving == null) {
            throw new IOException("this node's quorum is not running");
        }
        return serving;
    }

    /// As leader: where it is noted what is heard from `follower`.
    void follows(FollowerInfo follower) {
        followers.put(follower.getId(), follower);
    }

    @Nullable FollowerInfo follower(RaftPeerId id) {
        return followers.get(id);
    }
}
