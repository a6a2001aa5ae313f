package io.moldau.quorum;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.jspecify.annotations.Nullable;

/// Between Ratis and the port for other nodes. A quorum of one has no port: then nothing of gRPC is
/// loaded, and whatever would need a peer is refused. The port may come later.
final class RaftLink {
    private final Map<RaftPeerId, CommitNews> followers = new ConcurrentHashMap<>();
    private final Set<RaftPeerId> followed = new HashSet<>();
    private @Nullable LeaderState leading;
    private volatile @Nullable Calls calls;
    private volatile @Nullable RaftServer server;

    /// The calls to other nodes.
    interface Calls extends RaftServerProtocol {
        /// An append without entries, whose answer nobody waits for.
        void tell(AppendEntriesRequestProto news);
    }

    /// From now on the peers are reached through `opened`.
    void open(Calls opened) {
        calls = opened;
    }

    /// Calls to other voters and listeners.
    Calls calls() throws IOException {
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

    /// Whether `leader`, which is this node in one of its terms, had nothing to send to `follower`
    /// before.
    synchronized boolean isFirstOf(LeaderState leader, RaftPeerId follower) {
        if (!leader.equals(leading)) {
            leading = leader;
            followed.clear();
        }
        return followed.add(follower);
    }

    /// As leader: what is heard from a follower is noted with its appender.
    void follows(LogAppender appender) {
        followers.put(appender.getFollowerId(), new CommitNews(appender));
    }

    @Nullable FollowerInfo follower(RaftPeerId id) {
        var news = followers.get(id);
        return news == null ? null : news.follower();
    }

    /// As leader: `follower` has answered an append.
    void appended(
            RaftPeerId follower, AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
        var news = followers.get(follower);
        var open = calls;
        if (news != null && open != null) {
            news.onAppended(request, reply).ifPresent(open::tell);
        }
    }

    /// As leader: the others may apply what they have, and no append is about to tell them.
    void tellCommitted() {
        var open = calls;
        if (open != null) {
            followers.values().forEach(news -> news.onCommitted().ifPresent(open::tell));
        }
    }
}
