package io.moldau.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The log of one partition. Called by the partition's own thread and no other, except where said.
@SuppressWarnings("DoNotCallSuggester") // Until its parts have landed.
public final class PartitionLog {
    private static final String BEING_BUILT = "the log is being built";

    PartitionLog() {}

    /// Appends what the buffer holds from its position to its limit, and gives the records their
    /// offsets. Base offset and leader epoch are stamped into the buffer itself; its position and
    /// limit stay as they are.
    ///
    /// When this returns the records are readable but not yet durable: only a flush survives the
    /// machine's crash (a process that dies loses nothing).
    ///
    /// @param records direct or heap
    /// @param leaderEpoch of the accepting leader; never lower than the last appended one
    /// @throws java.io.UncheckedIOException the disk refused; nothing was appended
    public AppendResult append(ByteBuffer records, AppendMode mode, int leaderEpoch, long nowMs) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// At most `maxBytes` from the batch on that holds `offset`, never beyond `maxOffset`, all from
    /// one segment.
    ///
    /// @param atLeastOneBatch the first batch is returned whole even if it alone exceeds `maxBytes`
    /// @throws org.apache.kafka.common.errors.OffsetOutOfRangeException outside start..end
    public LogRead read(long offset, long maxOffset, int maxBytes, boolean atLeastOneBatch) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Any thread.
    public long logStartOffset() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// The next offset to be given. Any thread.
    public long logEndOffset() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Bytes of records on disk. Any thread.
    public long sizeBytes() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// The epoch of the last append or [#startEpoch]; -1 for an empty log.
    public int latestEpoch() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// A new leader takes over: its epoch begins at the log's end, before anything is appended in
    /// it.
    public void startEpoch(int epoch) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public EpochEnd endOffsetFor(int epoch) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public OptionalInt epochOf(long offset) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// The first record that is not older than `timestampMs`.
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// The first of the records with the largest time stamp.
    public Optional<TimestampOffset> maxTimestamp() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public List<ProducerView> activeProducers() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Forgets the records below `offset` and drops the segments that hold nothing else. Survives a
    /// restart once [LogDirectory#checkpoint()] has run.
    public void advanceLogStart(long offset) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Retention by time and size, below `highWatermark` only. Returns whether anything went.
    public boolean maintain(long nowMs, long highWatermark) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Takes away the records from `offset` on.
    public void truncateTo(long offset) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Takes away everything; the next record gets `offset`.
    public void truncateFullyAndStartAt(long offset) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public void reconfigure(LogConfig config) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public LogConfig config() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public long unflushedRecords() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public long lastFlushMs() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Whether `flush.messages` or `flush.ms` asks for a flush, or a segment was closed and is not
    /// yet durable.
    public boolean flushDue(long nowMs) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Begins a flush of all that is appended by now.
    public FlushTicket beginFlush() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Ends a flush whose [FlushTicket#sync()] returned. Returns the offset below which all is
    /// durable.
    public long completeFlush(FlushTicket ticket) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Makes all that is appended durable, here and now. Blocks on the disk.
    public void flush() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Flushes and lets go of everything; nothing may be called afterwards.
    public void close() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }
}
