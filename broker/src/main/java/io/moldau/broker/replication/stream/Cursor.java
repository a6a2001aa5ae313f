package io.moldau.broker.replication.stream;

import io.moldau.proto.replication.Accepted;
import io.moldau.proto.replication.Diverged;
import io.moldau.proto.replication.Refused;
import io.moldau.proto.replication.Update;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/// How far one follower of one partition was told. Belongs to the partition's shard.
public final class Cursor {
    private static final long NOTHING = -1;

    private final FollowerStream stream;
    private final ShardSender sender;
    private final LedPartition partition;
    private final int handle;
    private final long session;
    private Consumer<Update.Builder> answer;
    private long nextOffset = NOTHING;
    private long highWatermarkSent = NOTHING;
    private long logStartSent = NOTHING;
    private long logStartOffset = NOTHING;
    private boolean queued;
    private boolean queuedSoon;
    private boolean ended;

    Cursor(
            FollowerStream stream,
            ShardSender sender,
            LedPartition partition,
            int handle,
            long session) {
        this.stream = stream;
        this.sender = sender;
        this.partition = partition;
        this.handle = handle;
        this.session = session;
    }

    /// The follower.
    public int nodeId() {
        return stream.nodeId();
    }

    /// Of the follower's registration, as it told itself.
    public long nodeEpoch() {
        return stream.nodeEpoch();
    }

    /// Never the same for two cursors of this process.
    public long session() {
        return session;
    }

    LedPartition partition() {
        return partition;
    }

    int handle() {
        return handle;
    }

    /// Records are pushed from `fromOffset` on.
    public void accept(long fromOffset) {
        nextOffset = fromOffset;
        answer =
                update ->
                        update.setAccepted(Accepted.newBuilder().setFromOffset(fromOffset).build());
        ready();
    }

    /// The follower must cut its log and open again.
    public void diverge(int epoch, long endOffset) {
        nextOffset = NOTHING;
        answer =
                update ->
                        update.setDiverged(
                                Diverged.newBuilder()
                                        .setEpoch(epoch)
                                        .setEndOffset(endOffset)
                                        .build());
        ready();
    }

    /// Nothing is pushed any more; the follower opens again when it knows better.
    ///
    /// @param leaderEpoch as this node knows it
    public void refuse(Errors error, int leaderEpoch) {
        nextOffset = NOTHING;
        answer =
                update ->
                        update.setRefused(
                                Refused.newBuilder()
                                        .setError(error.code())
                                        .setLeaderEpoch(leaderEpoch)
                                        .build());
        ready();
    }

    /// True while records are pushed.
    public boolean isAccepted() {
        return nextOffset >= 0;
    }

    /// The next record to be sent; -1 unless accepted.
    public long nextOffset() {
        return nextOffset;
    }

    /// Records up to here are in a frame.
    public void sentUpTo(long offset) {
        nextOffset = offset;
    }

    /// Where the follower's log starts, as it last said; -1 before it did.
    public long logStartOffset() {
        return logStartOffset;
    }

    void forgotBelow(long offset) {
        logStartOffset = offset;
    }

    /// Has the partition [LedPartition#fill] a frame soon.
    public void ready() {
        if (!queued && !ended) {
            queued = true;
            sender.enqueue(this);
        }
    }

    /// The same, but within a few milliseconds: for news that can wait for records to go with.
    public void readySoon() {
        if (!queued && !queuedSoon && !ended && isAccepted()) {
            queuedSoon = true;
            sender.enqueueSoon(this);
        }
    }

    /// Whether an answer waits to be sent.
    public boolean isAnswerDue() {
        return answer != null;
    }

    /// Whether the follower does not know this yet.
    public boolean isNews(long highWatermark, long logStartOffset) {
        return answer != null
                || highWatermark != highWatermarkSent
                || logStartOffset != logStartSent;
    }

    /// News with the answer that is due, if one is.
    public Update.Builder news(
            int leaderEpoch, long highWatermark, long logStartOffset, long logEndOffset) {
        var update =
                Update.newBuilder()
                        .setHandle(handle)
                        .setLeaderEpoch(leaderEpoch)
                        .setHighWatermark(highWatermark)
                        .setLogStartOffset(logStartOffset)
                        .setLogEndOffset(logEndOffset);
        highWatermarkSent = highWatermark;
        logStartSent = logStartOffset;
        if (answer != null) {
            answer.accept(update);
            answer = null;
        }
        return update;
    }

    /// The time for news that could wait has come.
    void onSoon() {
        queuedSoon = false;
        ready();
    }

    /// Asked by the sender when the cursor's turn has come.
    void dequeued() {
        queued = false;
    }

    /// Nothing is said to this follower any more.
    void end() {
        ended = true;
        nextOffset = NOTHING;
    }

    boolean isEnded() {
        return ended;
    }
}
