package io.moldau.log;

import io.moldau.log.batch.EndMarker;
import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.PooledFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/// The log of one partition. Called by the partition's own thread and no other, except where said.
///
/// An idle log holds no descriptor and nothing of its indexes, epochs or producers in memory.
public final class PartitionLog {
    private final LogContext context;
    private final TopicPartition partition;
    private final Uuid topicId;
    private final Path folder;
    private final LogSegments segments;
    private final EpochCache epochs;
    private final ProducerStore producers;
    private final FlushState flushes;
    private final LogReader reader;
    private final LogDamage damageAtOpening;
    private final LogCleaning cleaning;
    private final LogBounds bounds;
    private final LogAppender appender;
    private final LogUpkeep upkeep;
    private final LogScrubs scrubs;

    private LogConfig config;
    private volatile long highWatermark;
    private volatile long lackedUpTo;
    private boolean closed;

    PartitionLog(LogContext context, LogConfig config, OpenedLog opened) {
        this.context = context;
        this.partition = opened.partition();
        this.topicId = opened.topicId();
        this.folder = opened.folder();
        this.segments = opened.segments();
        this.reader = new LogReader(segments);
        this.epochs = opened.epochs();
        this.producers = opened.producers();
        this.damageAtOpening = opened.damage();
        this.bounds =
                new LogBounds(opened.logStartOffset(), opened.logEndOffset(), segments.sizeBytes());
        this.cleaning = new LogCleaning(this, context, segments);
        this.flushes =
                new FlushState(
                        context,
                        folder,
                        Math.min(opened.recoveryPoint(), opened.logEndOffset()),
                        context.clock().wallMs(),
                        opened.clean());
        this.scrubs = new LogScrubs(this, context, opened, flushes);
        this.appender =
                new LogAppender(
                        bounds, opened, flushes, reader, cleaning, context.clock().wallMs());
        this.upkeep = new LogUpkeep(bounds, opened, appender);
        reconfigure(config);
    }

    public TopicPartition partition() {
        return partition;
    }

    public Uuid topicId() {
        return topicId;
    }

    Path folder() {
        return folder;
    }

    /// Appends what the buffer holds from its position to its limit, and gives the records their
    /// offsets. Base offset and leader epoch are stamped into the buffer itself; its position and
    /// limit stay as they are.
    ///
    /// When this returns the records are readable but not yet durable: only a flush survives the
    /// machine's crash (a process that dies loses nothing).
    ///
    /// @param records direct or heap
    /// @param leaderEpoch of the accepting leader; never lower than the last appended one
    /// @throws UncheckedIOException the disk refused; nothing was appended
    public AppendResult append(ByteBuffer records, AppendMode mode, int leaderEpoch, long nowMs) {
        checkWritable();
        upkeep.onChange();
        return appender.append(records, mode, leaderEpoch, nowMs);
    }

    /// Appends the control record that ends a producer's transaction here, as its coordinator asks.
    /// Where the producer has none, only its epoch is taken note of.
    ///
    /// @throws UncheckedIOException the disk refused
    public AppendResult appendMarker(EndMarker marker, int leaderEpoch, long nowMs) {
        checkWritable();
        upkeep.onChange();
        return appender.appendMarker(marker, leaderEpoch, nowMs);
    }

    /// At most `maxBytes` from the batch on that holds `offset`, never beyond `maxOffset`, all from
    /// one segment. The last batch may be cut; if not even the first one fits, nothing is returned.
    ///
    /// @param atLeastOneBatch the first batch is returned whole even if it alone exceeds `maxBytes`
    /// @throws OffsetOutOfRangeException outside start..end
    /// @throws UncheckedIOException the disk refused, or what it holds is damaged
    public LogRead read(long offset, long maxOffset, int maxBytes, boolean atLeastOneBatch) {
        long end = bounds.endOffset();
        checkWithin(offset);
        var nothing = new LogRead(null, offset, bounds.startOffset(), end);
        long limit = Math.min(maxOffset, end);
        return reader.read(nothing, limit, maxBytes, atLeastOneBatch, scrubs::onMissing);
    }

    /// At most `maxBytes` of whole batches from the one on that holds `offset`, all from one
    /// segment; one batch if already that is larger. Null at the log's end, and where compaction
    /// has left nothing before it.
    ///
    /// @throws OffsetOutOfRangeException outside start..end
    /// @throws UncheckedIOException the disk refused, or what it holds is damaged
    public @Nullable WholeBatches readWhole(long offset, int maxBytes) {
        checkWithin(offset);
        return reader.readWhole(offset, bounds.endOffset(), maxBytes, scrubs::onMissing);
    }

    /// Where readers of committed records stop: below it, no transaction is open, and none has
    /// ended by a marker that is not committed. At most `highWatermark`.
    public long lastStableOffset(long highWatermark) {
        if (segments.isEmpty()) {
            return highWatermark;
        }
        long firstUnstable = loadProducers(context.clock().wallMs()).firstUnstable(highWatermark);
        return Math.min(highWatermark, Math.max(firstUnstable, bounds.startOffset()));
    }

    /// The transactions whose records a reader of committed ones must leave out of what was read.
    /// There may be some among them that begin behind it.
    ///
    /// @param stableOffset the last stable offset, up to which was read
    public List<AbortedTransaction> abortedIn(LogRead read, long stableOffset) {
        long offset = read.startOffset();
        return read.slice() == null
                ? List.of()
                : AbortedIndexes.find(segments, offset, reader.boundOf(read, stableOffset));
    }

    private void checkWithin(long offset) {
        if (offset < bounds.startOffset() || offset > bounds.endOffset()) {
            throw new OffsetOutOfRangeException(
                    "offset %d of %s is outside %d to %d"
                            .formatted(
                                    offset, partition, bounds.startOffset(), bounds.endOffset()));
        }
    }

    /// The last one that was noted, by an earlier process too; never beyond the log's end. Any
    /// thread.
    public long highWatermark() {
        return Math.min(highWatermark, bounds.endOffset());
    }

    /// Keeps the high watermark in the directory's next checkpoint. What it means is the
    /// partition's business.
    public void noteHighWatermark(long offset) {
        highWatermark = offset;
    }

    /// Recovery has cut away records below `offset` that count elsewhere as being here.
    void lack(long offset) {
        lackedUpTo = offset;
    }

    /// Nobody counts on what recovery has cut away any more: the cluster knows. Until then each
    /// process that opens the log finds the same [#damageAtOpening()].
    public void onLossKnown() {
        if (lackedUpTo > 0) {
            lackedUpTo = 0;
            context.checkpoint().run();
        }
    }

    /// Below it records are missing that count elsewhere as being here; 0 when none are. Any
    /// thread.
    long lackedUpTo() {
        return lackedUpTo;
    }

    /// Any thread.
    public long logStartOffset() {
        return bounds.startOffset();
    }

    /// The next offset to be given. Any thread.
    public long logEndOffset() {
        return bounds.endOffset();
    }

    /// Bytes of records on disk. Any thread.
    public long sizeBytes() {
        return bounds.sizeBytes();
    }

    /// Offsets below this are durable. Any thread.
    public long recoveryPoint() {
        return flushes.recoveryPoint();
    }

    /// The epoch of the last append or [#startEpoch]; -1 for an empty log.
    public int latestEpoch() {
        return epochs.sound(segments).latest();
    }

    /// A new leader takes over: its epoch begins at the log's end, before anything is appended in
    /// it.
    public void startEpoch(int epoch) {
        epochs.sound(segments).assign(epoch, bounds.endOffset());
    }

    public EpochEnd endOffsetFor(int epoch) {
        return epochs.sound(segments).endOffsetFor(epoch, bounds.endOffset());
    }

    public OptionalInt epochOf(long offset) {
        return epochs.sound(segments).epochOf(offset);
    }

    /// The first record that is not older than `timestampMs`.
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        return reader.offsetForTimestamp(timestampMs, bounds.startOffset());
    }

    /// The first of the records with the largest time stamp.
    public Optional<TimestampOffset> maxTimestamp() {
        return reader.maxTimestamp(bounds.startOffset());
    }

    public List<ProducerView> activeProducers() {
        return loadProducers(context.clock().wallMs()).views();
    }

    private ProducerStates loadProducers(long nowMs) {
        return producers.load(segments, bounds.endOffset(), nowMs);
    }

    /// Forgets the records below `offset` and drops the segments that hold nothing else. Survives a
    /// restart once [LogDirectory#checkpoint()] has run.
    public void advanceLogStart(long offset) {
        checkWritable();
        Invariant.check(
                offset <= bounds.endOffset(),
                "log start %d beyond end %d",
                offset,
                bounds.endOffset());
        if (offset <= bounds.startOffset()) {
            return;
        }
        bounds.startAt(offset);
        int unneeded = 0;
        while (unneeded + 1 < segments.count()
                && segments.get(unneeded + 1).baseOffset() <= offset) {
            unneeded++;
        }
        upkeep.drop(unneeded, context.clock().wallMs());
    }

    /// What time brings: silent producers expire, a segment that has grown long enough is closed
    /// even if nobody writes, and retention by time and size takes segments away, below
    /// `highWatermark` only. Returns whether segments went.
    ///
    /// Before something can have become due this is one comparison, so a thousand idle logs may be
    /// asked as often as one likes.
    public boolean maintain(long nowMs, long highWatermark) {
        return !closed && upkeep.run(nowMs, highWatermark);
    }

    /// What the log consists of, for those who explain it.
    ///
    /// @param stableEnd the last stable offset
    public LogFacts facts(long nowMs, long stableEnd) {
        return upkeep.facts(nowMs, stableEnd, cleaning, recoveryPoint());
    }

    /// Takes away the records from `offset` on.
    public void truncateTo(long offset) {
        checkWritable();
        if (offset >= bounds.endOffset()) {
            return;
        }
        if (offset < bounds.startOffset()) {
            truncateFullyAndStartAt(offset);
            return;
        }
        long nowMs = context.clock().wallMs();
        // Before the files change: after a crash nothing behind the cut may be trusted unread.
        flushes.onTruncation(offset);
        context.checkpoint().run();
        producers.truncateTo(offset);
        int index = segments.floor(offset);
        segments.dropFrom(index + 1, nowMs);
        segments.get(index).truncateTo(offset, config.indexIntervalBytes());
        afterTruncation(offset);
        // Or a crash brings back what was cut, behind what is appended from now on.
        segments.get(index).files().toFlush().forEach(PooledFile::force);
        context.disk().syncDirectory(folder);
    }

    /// Takes away everything; the next record gets `offset`.
    public void truncateFullyAndStartAt(long offset) {
        checkWritable();
        long nowMs = context.clock().wallMs();
        flushes.onTruncation(Math.min(offset, bounds.startOffset()));
        context.checkpoint().run();
        producers.clear();
        segments.dropFrom(0, nowMs);
        flushes.onNewName();
        segments.add(offset, nowMs);
        context.disk().syncDirectory(folder);
        bounds.startAt(offset);
        afterTruncation(offset);
        epochs.clear();
        epochs.store();
        producers.clear();
        // Or a crash brings back what was given up, beside what is appended from now on.
        context.disk().syncDirectory(folder);
        context.checkpoint().run();
    }

    private void afterTruncation(long offset) {
        bounds.endAt(offset, segments.sizeBytes());
        upkeep.onChange();
        reader.onTruncated();
        epochs.sound(segments).truncateFromEnd(offset);
        producers.truncateTo(offset);
        cleaning.onTruncated(offset);
    }

    /// Compaction's side of this log.
    public LogCleaning cleaning() {
        return cleaning;
    }

    void onSegmentsReplaced() {
        reader.onTruncated(); // What it remembers of positions.
        bounds.resize(segments.sizeBytes());
    }

    Collection<ProducerEntry> producerEntries(long nowMs) {
        return loadProducers(nowMs).entries();
    }

    boolean isClosed() {
        return closed;
    }

    public void reconfigure(LogConfig newConfig) {
        config = newConfig;
        appender.reconfigure(newConfig);
        upkeep.reconfigure(newConfig);
    }

    public LogConfig config() {
        return config;
    }

    public long unflushedRecords() {
        return bounds.endOffset() - flushes.recoveryPoint();
    }

    public long lastFlushMs() {
        return flushes.lastFlushMs();
    }

    /// Whether `flush.messages` or `flush.ms` asks for a flush, or recovery would have much to
    /// read: of a segment that was closed and is not yet durable, or of one that has grown. False
    /// while one is under way.
    public boolean flushDue(long nowMs) {
        long unflushed = unflushedRecords();
        if (unflushed == 0 || flushes.isUnderWay()) {
            return false;
        }
        return unflushed >= config.flushMessages()
                || nowMs - flushes.lastFlushMs() >= config.flushMs()
                || flushes.isMuchUnflushed()
                || (!segments.isEmpty() && segments.last().baseOffset() > flushes.recoveryPoint());
    }

    /// Begins a flush of all that is appended by now.
    public FlushTicket beginFlush() {
        return flushes.begin(segments, bounds.endOffset(), epochs.takeUnsynced());
    }

    /// Ends a flush whose [FlushTicket#sync()] returned. Returns the offset below which all is
    /// durable.
    public long completeFlush(FlushTicket ticket) {
        return flushes.complete((FlushState.Ticket) ticket, context.clock().wallMs());
    }

    /// Ends a flush that could not begin, for want of descriptors: another one is to be tried.
    public void cancelFlush(FlushTicket ticket) {
        var cancelled = (FlushState.Ticket) ticket;
        flushes.cancel(cancelled);
        if (cancelled.epochsFile() != null) {
            epochs.giveBackUnsynced();
        }
    }

    /// Makes all that is appended durable, here and now. Blocks on the disk.
    public void flush() {
        var ticket = beginFlush();
        ticket.sync();
        completeFlush(ticket);
    }

    /// Begins to read a segment through: the first one that is closed, durable, and ends behind
    /// `offset`. Null when there is none.
    public @Nullable ScrubTicket beginScrub(long offset) {
        checkWritable();
        return scrubs.begin(offset);
    }

    /// The same for the durable part of the last segment, which is not closed yet. Null when there
    /// is none, or when `offset` says that it was read already.
    public @Nullable ScrubTicket beginTailScrub(long offset) {
        checkWritable();
        return scrubs.beginTail(offset);
    }

    /// Ends a scrub. Returns the damage it found and could not mend; null when there is none, or
    /// when what it read is no longer part of the log.
    public @Nullable LogDamage completeScrub(ScrubTicket ticket) {
        return scrubs.complete(ticket);
    }

    /// What is wrong with the records at `offset`, which somebody could not make sense of; null
    /// when nothing is. Reads them here and now, durable or not: about `maxBytes` from shortly
    /// before the offset on.
    public @Nullable LogDamage damageNear(long offset, int maxBytes) {
        checkWritable();
        return scrubs.damageNear(offset, maxBytes);
    }

    /// Looks at what was read from the files for somebody who will believe it: at what no checksum
    /// covers.
    ///
    /// @param read the bytes of `batches`, from position to limit
    /// @param offset that was asked for
    /// @throws DamagedLogException they are not what was written
    public void checkRead(ByteBuffer read, WholeBatches batches, long offset) {
        scrubs.checkRead(read, batches, offset);
    }

    /// What recovery found damaged when the log was opened, and cut, though it had been flushed.
    /// Null when there was nothing. Any thread.
    public LogDamage damageAtOpening() {
        return damageAtOpening;
    }

    /// Flushes and lets go of everything; nothing may be called afterwards.
    public void close() {
        if (closed) {
            return;
        }
        checkWritable();
        if (!segments.isEmpty()) {
            segments.last().seal();
            producers.snapshot(bounds.endOffset(), segments);
        }
        epochs.store();
        if (flushes.isUnderWay()) {
            epochs.sound(segments).rewrite(); // An illegible one must not become an empty one.
        }
        if (flushes.onClose(segments) || unflushedRecords() > 0 || epochs.isUnsynced()) {
            flush();
        }
        release();
    }

    /// Lets go of everything as it is. The folder is about to go, or the process.
    void release() {
        closed = true;
        flushes.abandon();
        segments.all().forEach(segment -> segment.files().abandon());
    }

    /// Why a flush failed; null when none has.
    UncheckedIOException syncFailure() {
        return flushes.failure();
    }

    private void checkWritable() {
        Invariant.check(!closed, "log of %s is closed", partition);
        var failure = flushes.failure();
        if (failure != null) {
            throw new UncheckedIOException(
                    new IOException("log of %s failed to flush".formatted(partition), failure));
        }
    }
}
