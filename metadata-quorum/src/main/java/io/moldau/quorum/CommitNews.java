package io.moldau.quorum;

import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/// How far one follower may apply its log, and whether it has been told.
///
/// An append tells of the commits before it. What nothing follows is told of by an append without
/// entries: Ratis itself would leave that to its next heartbeat, or write one more log entry for
/// it.
final class CommitNews {
    private final LogAppender appender;

    // Under this object's lock.
    private @Nullable AppendEntriesRequestProto lastAppend;
    private long told = -1;

    CommitNews(LogAppender appender) {
        this.appender = appender;
    }

    FollowerInfo follower() {
        return appender.getFollower();
    }

    /// The follower has answered an append.
    ///
    /// @return what to tell it now; nothing when the next append is about to
    synchronized Optional<AppendEntriesRequestProto> onAppended(
            AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
        if (reply.getResult() != AppendResult.SUCCESS || request.getEntriesCount() == 0) {
            return Optional.empty();
        }
        lastAppend = request;
        told = Math.max(told, reply.getFollowerCommit());
        boolean more = appender.getRaftLog().getNextIndex() > lastIndex(request) + 1;
        return more ? Optional.empty() : news(request);
    }

    /// Something was committed, and no append follows at once.
    synchronized Optional<AppendEntriesRequestProto> onCommitted() {
        return lastAppend == null || !appender.isRunning() ? Optional.empty() : news(lastAppend);
    }

    private Optional<AppendEntriesRequestProto> news(AppendEntriesRequestProto append) {
        long committed = appender.getRaftLog().getLastCommittedIndex();
        long known = Math.min(committed, lastIndex(append));
        if (known <= told) {
            return Optional.empty();
        }
        told = known;
        var last = append.getEntries(append.getEntriesCount() - 1);
        return Optional.of(
                append.toBuilder()
                        .clearEntries()
                        .setPreviousLog(
                                TermIndexProto.newBuilder()
                                        .setTerm(last.getTerm())
                                        .setIndex(last.getIndex()))
                        .setLeaderCommit(known)
                        .build());
    }

    private static long lastIndex(AppendEntriesRequestProto append) {
        return append.getEntries(append.getEntriesCount() - 1).getIndex();
    }
}
