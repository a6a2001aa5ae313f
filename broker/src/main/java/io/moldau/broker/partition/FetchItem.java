package io.moldau.broker.partition;

import io.moldau.log.PartitionLog;
import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.FileSlice;
import io.moldau.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.protocol.Errors;

/// One partition of one fetch: what is asked of it, and what was found.
///
/// Written by the partition's shard, read by whoever completes the fetch afterwards.
public final class FetchItem {
    private final Partition partition;
    private final long fetchOffset;
    private final int bytesMax;
    private final int lastFetchedEpoch;
    private volatile boolean changed;
    private boolean keepsFile = true;
    private boolean anyReplica;
    private boolean committedOnly;
    private int nearerNode = -1;

    private Errors error = Errors.NONE;
    private int leaderId = -1;
    private int leaderEpoch = -1;
    private long highWatermark = -1;
    private long lastStableOffset = -1;
    private List<AbortedTransaction> aborted = List.of();
    private int withheldBytes;
    private long logStartOffset = -1;
    private int preferredReplica = -1;
    private int divergingEpoch = -1;
    private long divergingEndOffset = -1;
    private FileSlice slice;

    /// @param bytesMax of records to return from this partition; its first batch is returned whole
    ///   however large
    /// @param lastFetchedEpoch epoch of the record before `fetchOffset`, to find a truncation; −1
    ///   for none
    public FetchItem(Partition partition, long fetchOffset, int bytesMax, int lastFetchedEpoch) {
        this.partition = partition;
        this.fetchOffset = fetchOffset;
        this.bytesMax = bytesMax;
        this.lastFetchedEpoch = lastFetchedEpoch;
    }

    /// An item that cannot be served here; no shard is asked.
    public static FetchItem notHere(Lookup.NotHere notHere) {
        var item = new FetchItem(null, -1, 0, -1);
        item.error = notHere.error();
        item.leaderId = notHere.leaderId();
        item.leaderEpoch = notHere.leaderEpoch();
        return item;
    }

    Partition partition() {
        return partition;
    }

    /// Any replica in sync will do, not the leader alone (KIP-392).
    public FetchItem fromAnyReplica() {
        anyReplica = true;
        return this;
    }

    /// Nothing is wanted of transactions that are not committed.
    public FetchItem committedOnly() {
        committedOnly = true;
        return this;
    }

    boolean isCommittedOnly() {
        return committedOnly;
    }

    /// `bytes` more are there, of which those below `stableOffset` are of ended transactions.
    /// Returns how many more this item can read.
    int arrived(int bytes, long stableOffset) {
        int all = (int) Math.min((long) withheldBytes + bytes, Integer.MAX_VALUE);
        boolean readable = !committedOnly || stableOffset > fetchOffset;
        withheldBytes = readable ? 0 : all;
        return readable ? all : 0;
    }

    /// What there is to read is to be read at that node: it is nearer to the reader, and in sync.
    public FetchItem nearerAt(int nodeId) {
        nearerNode = nodeId;
        return this;
    }

    /// Where to read instead; −1 for here.
    public int preferredReplica() {
        return preferredReplica;
    }

    boolean anyReplica() {
        return anyReplica;
    }

    /// What lies outside of a follower's log is not out of range: the follower may be behind, or
    /// have cut damage off while its reader, who takes it for the leader still, was waiting. An
    /// `OFFSET_OUT_OF_RANGE` would make that reader begin anew; the other error sends it to the
    /// leader, which knows. Kafka's followers judge by their own log (KIP-392).
    ///
    /// @param follows whether this replica may not have heard yet of all that is committed
    void readFrom(
            PartitionLog log, long highWatermark, PartitionImage leadership, boolean follows) {
        releaseSlice();
        this.error = Errors.NONE;
        this.highWatermark = highWatermark;
        this.lastStableOffset = highWatermark;
        this.aborted = List.of();
        this.logStartOffset = log.logStartOffset();
        this.leaderId = leadership.leader();
        this.leaderEpoch = leadership.leaderEpoch();
        long readable = Math.min(highWatermark, log.logEndOffset());
        if (follows && (fetchOffset < logStartOffset || fetchOffset > readable)) {
            error = Errors.OFFSET_NOT_AVAILABLE;
            return;
        }
        if (lastFetchedEpoch >= 0 && diverges(log)) {
            return;
        }
        if (nearerNode >= 0 && fetchOffset >= logStartOffset && fetchOffset <= highWatermark) {
            preferredReplica = nearerNode;
            return;
        }
        lastStableOffset = committedOnly ? log.lastStableOffset(highWatermark) : highWatermark;
        try {
            var read = log.read(fetchOffset, lastStableOffset, bytesMax, true);
            aborted = committedOnly ? log.abortedIn(read, lastStableOffset) : List.of();
            slice = held(read.slice());
        } catch (OffsetOutOfRangeException e) {
            error = Errors.OFFSET_OUT_OF_RANGE;
            this.highWatermark = -1;
            lastStableOffset = -1;
        }
    }

    /// From now on a small slice is copied. Called before any shard is asked.
    void keepNoFile() {
        keepsFile = false;
    }

    private FileSlice held(FileSlice read) {
        boolean copies = !keepsFile && read != null && read.length() <= CopiedSlice.BYTES_MAX;
        return copies ? CopiedSlice.of(read) : read;
    }

    /// KIP-595: a reader whose last epoch ended earlier here has records that were truncated.
    private boolean diverges(PartitionLog log) {
        var end = log.endOffsetFor(lastFetchedEpoch);
        if (end.epoch() == lastFetchedEpoch && end.endOffset() >= fetchOffset) {
            return false;
        }
        divergingEpoch = end.epoch();
        divergingEndOffset = end.endOffset();
        return true;
    }

    void refuse(Errors error, PartitionImage leadership) {
        releaseSlice();
        this.error = error;
        this.leaderId = leadership.leader();
        this.leaderEpoch = leadership.leaderEpoch();
        this.highWatermark = -1;
        this.lastStableOffset = -1;
        this.aborted = List.of();
        this.logStartOffset = -1;
    }

    /// Nothing to return yet: neither records nor news that end the waiting.
    boolean isEmpty() {
        return slice == null && !isUrgent();
    }

    /// True for what is answered at once however few bytes there are.
    boolean isUrgent() {
        return error != Errors.NONE || divergingEpoch >= 0 || preferredReplica >= 0;
    }

    int sizeBytes() {
        return slice == null ? 0 : slice.length();
    }

    void markChanged() {
        changed = true;
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    public Errors error() {
        return error;
    }

    public int leaderId() {
        return leaderId;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// The high watermark where all is wanted: what the last stable offset is, costs a look at the
    /// producers.
    public long lastStableOffset() {
        return lastStableOffset;
    }

    /// Which of the records found are of aborted transactions; some may begin behind them.
    public List<AbortedTransaction> aborted() {
        return aborted;
    }

    public long logStartOffset() {
        return logStartOffset;
    }

    public int divergingEpoch() {
        return divergingEpoch;
    }

    public long divergingEndOffset() {
        return divergingEndOffset;
    }

    /// The records found, or null; of more than `bytesLeft` only the beginning. The caller takes
    /// them over and releases them.
    public FileSlice takeSlice(int bytesLeft) {
        var taken = slice;
        slice = null;
        if (taken == null || taken.length() <= bytesLeft) {
            return taken;
        }
        if (bytesLeft > 0) {
            return new ShortenedSlice(taken, bytesLeft);
        }
        taken.release();
        return null;
    }

    void releaseSlice() {
        if (slice != null) {
            slice.release();
            slice = null;
        }
    }
}
