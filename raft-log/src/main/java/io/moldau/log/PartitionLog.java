package io.moldau.log;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.RecordRefusal;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.BatchEditor;
import io.moldau.log.batch.BatchFault;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.BatchRules;
import io.moldau.log.batch.BatchValidator;
import io.moldau.log.batch.EndMarker;
import io.moldau.log.clean.IdleRoll;
import io.moldau.log.clean.Retention;
import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.PooledFile;
import io.moldau.log.segment.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.protocol.Errors;

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

    private LogConfig config;
    private BatchRules rules;
    private BatchRules transactionRules;
    private Compression codec;
    private volatile long logStartOffset;
    private volatile long logEndOffset;
    private volatile long sizeBytes;
    private volatile long highWatermark;
    private boolean closed;
    private long lastAppendMs;
    private long upkeepDueMs; // Nothing is due before; 0 after whatever may have changed that.

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
        this.logStartOffset = opened.logStartOffset();
        this.logEndOffset = opened.logEndOffset();
        this.sizeBytes = segments.sizeBytes();
        this.lastAppendMs = context.clock().wallMs();
        this.cleaning = new LogCleaning(this, context, segments);
        this.flushes =
                new FlushState(
                        context,
                        folder,
                        Math.min(opened.recoveryPoint(), logEndOffset),
                        context.clock().wallMs(),
                        opened.clean());
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
        return switch (mode) {
            case CLIENT -> appendFromClient(records, rules, leaderEpoch, nowMs);
            case TRANSACTION -> appendFromClient(records, transactionRules, leaderEpoch, nowMs);
            case REPLICA -> appendFromLeader(records, nowMs);
        };
    }

    private AppendResult appendFromClient(
            ByteBuffer records, BatchRules demands, int leaderEpoch, long nowMs) {
        check(leaderEpoch >= latestEpoch(), "leader epoch fell to %d", leaderEpoch);
        var validator = BatchValidator.ofThisThread();
        var fault = validator.check(records, demands, nowMs);
        if (fault != null) {
            return refused(fault);
        }
        var known = loadProducers(nowMs);
        var verdict = checkSequence(known, records);
        if (verdict != null) {
            return verdict;
        }
        boolean stamped = rules.stampsAppendTime();
        long maxTimestamp = stamped ? nowMs : validator.maxTimestampMs();
        BatchEditor.stampTime(records, maxTimestamp, stamped);
        var batch = recompressed(records);
        if (batch.remaining() > Math.min(config.maxMessageBytes(), config.segmentBytes())) {
            return tooLarge(batch.remaining());
        }
        long baseOffset = logEndOffset;
        BatchLayout.stamp(batch, batch.position(), baseOffset, leaderEpoch);
        long lastOffset = write(batch, leaderEpoch, maxTimestamp, nowMs);
        noteProducer(known, batch, batch.position(), nowMs);
        return new Appended(baseOffset, lastOffset, stamped ? nowMs : -1, batch.remaining());
    }

    /// Appends the control record that ends a producer's transaction here, as its coordinator asks.
    /// Where the producer has none, only its epoch is taken note of.
    ///
    /// @throws UncheckedIOException the disk refused
    public AppendResult appendMarker(EndMarker marker, int leaderEpoch, long nowMs) {
        checkWritable();
        check(leaderEpoch >= latestEpoch(), "leader epoch fell to %d", leaderEpoch);
        var known = loadProducers(nowMs);
        var refusal = known.check(marker);
        if (refusal != null) {
            return refusal;
        }
        var batch = marker.toBatch(nowMs);
        long offset = logEndOffset;
        BatchLayout.stamp(batch, batch.position(), offset, leaderEpoch);
        write(batch, leaderEpoch, nowMs, nowMs);
        noteProducer(known, batch, batch.position(), nowMs);
        return new Appended(offset, offset, -1, batch.remaining());
    }

    /// Takes note of whose batch was written, and of a transaction that it aborted.
    private void noteProducer(ProducerStates known, ByteBuffer batch, int at, long nowMs) {
        var aborted = ProducerStore.note(known, batch, at, nowMs);
        if (aborted != null) {
            flushes.onNewName();
            segments.last().transactions().add(aborted);
        }
    }

    private AppendResult checkSequence(ProducerStates known, ByteBuffer batch) {
        int at = batch.position();
        long producerId = BatchLayout.producerId(batch, at);
        if (producerId < 0) {
            return null;
        }
        int first = BatchLayout.baseSequence(batch, at);
        int last = ProducerEntry.increment(first, BatchLayout.lastOffsetDelta(batch, at));
        short epoch = BatchLayout.producerEpoch(batch, at);
        var verdict =
                known.check(producerId, epoch, first, last, BatchLayout.isTransactional(batch, at));
        return verdict instanceof Duplicate again && !rules.stampsAppendTime()
                ? new Duplicate(again.baseOffset(), again.lastOffset(), -1)
                : verdict;
    }

    private ByteBuffer recompressed(ByteBuffer batch) {
        return codec == null || codec.type().id == BatchLayout.codec(batch, batch.position())
                ? batch
                : BatchEditor.recompressed(batch, codec);
    }

    private Refused tooLarge(int batchBytes) {
        if (batchBytes > config.maxMessageBytes()) {
            return refused(BatchValidator.tooLarge(batchBytes, config.maxMessageBytes()));
        }
        return Refused.of(
                Errors.RECORD_LIST_TOO_LARGE,
                "batch of %d bytes exceeds segment.bytes %d"
                        .formatted(batchBytes, config.segmentBytes()));
    }

    private AppendResult appendFromLeader(ByteBuffer records, long nowMs) {
        var known = loadProducers(nowMs);
        long baseOffset = logEndOffset;
        int position = records.position();
        int limit = records.limit();
        try {
            while (records.position() < limit) {
                int at = records.position();
                var flaw = ReplicaBatches.flawAt(records, at, limit, logEndOffset);
                if (flaw != null) {
                    return Refused.of(Errors.CORRUPT_MESSAGE, flaw);
                }
                records.limit(at + (int) BatchLayout.sizeBytes(records, at));
                int epoch = BatchLayout.leaderEpoch(records, at);
                write(records, epoch, BatchLayout.maxTimestamp(records, at), nowMs);
                noteProducer(known, records, at, nowMs);
                records.position(records.limit()).limit(limit);
            }
        } finally {
            records.limit(limit).position(position);
        }
        return new Appended(baseOffset, logEndOffset - 1, -1, records.remaining());
    }

    /// Writes one stamped batch behind the last one, and then lets readers know.
    private long write(ByteBuffer batch, int leaderEpoch, long maxTimestamp, long nowMs) {
        int position = batch.position();
        long baseOffset = BatchLayout.baseOffset(batch, position);
        long lastOffset = baseOffset + BatchLayout.lastOffsetDelta(batch, position);
        if (leaderEpoch != latestEpoch()) {
            epochs.observe(leaderEpoch, baseOffset);
        }
        epochs.store();
        var segment = segmentFor(batch.remaining(), lastOffset, maxTimestamp, nowMs);
        int count = batch.remaining();
        try {
            segment.append(batch, lastOffset, maxTimestamp, config.indexIntervalBytes());
        } finally {
            batch.position(position);
        }
        // Only now: if the write throws, no reader has heard of these offsets.
        logEndOffset = lastOffset + 1;
        long grown = sizeBytes + count;
        sizeBytes = grown;
        lastAppendMs = nowMs;
        upkeepDueMs = 0;
        reader.onAppended(lastOffset + 1, segment.sizeBytes());
        return lastOffset;
    }

    private Segment segmentFor(int batchBytes, long lastOffset, long timestamp, long nowMs) {
        if (segments.isEmpty()) {
            flushes.onNewName();
            return segments.add(logEndOffset, nowMs);
        }
        var active = segments.last();
        boolean isFull =
                active.isFullFor(
                        batchBytes, lastOffset, config.segmentBytes(), config.segmentIndexBytes());
        boolean isOld =
                active.sizeBytes() > 0
                        && active.ageMs(timestamp, nowMs)
                                > config.segmentMsMax() - jitterMs(active.baseOffset());
        return isFull || isOld ? roll(nowMs) : active;
    }

    /// Spreads the segments' ends over time: as good as random, and the same on every run.
    private long jitterMs(long baseOffset) {
        if (config.segmentJitterMs() <= 0) {
            return 0;
        }
        long mixed = (baseOffset + partition.hashCode()) * 0x9e3779b97f4a7c15L;
        return Math.floorMod(mixed >>> 16, config.segmentJitterMs());
    }

    private Segment roll(long nowMs) {
        loadProducers(nowMs);
        segments.last().seal();
        flushes.onNewName();
        var active = segments.add(logEndOffset, nowMs);
        producers.snapshot(logEndOffset, segments);
        return active;
    }

    /// At most `maxBytes` from the batch on that holds `offset`, never beyond `maxOffset`, all from
    /// one segment. The last batch may be cut; if not even the first one fits, nothing is returned.
    ///
    /// @param atLeastOneBatch the first batch is returned whole even if it alone exceeds `maxBytes`
    /// @throws OffsetOutOfRangeException outside start..end
    /// @throws UncheckedIOException the disk refused, or what it holds is damaged
    public LogRead read(long offset, long maxOffset, int maxBytes, boolean atLeastOneBatch) {
        long end = logEndOffset;
        checkWithin(offset);
        var nothing = new LogRead(null, offset, logStartOffset, end);
        return reader.read(nothing, Math.min(maxOffset, end), maxBytes, atLeastOneBatch);
    }

    /// At most `maxBytes` of whole batches from the one on that holds `offset`, all from one
    /// segment; one batch if already that is larger. Null at the log's end.
    ///
    /// @throws OffsetOutOfRangeException outside start..end
    /// @throws UncheckedIOException the disk refused, or what it holds is damaged
    public WholeBatches readWhole(long offset, int maxBytes) {
        checkWithin(offset);
        return reader.readWhole(offset, logEndOffset, maxBytes);
    }

    /// Where readers of committed records stop: below it, no transaction is open, and none has
    /// ended by a marker that is not committed. At most `highWatermark`.
    public long lastStableOffset(long highWatermark) {
        if (segments.isEmpty()) {
            return highWatermark;
        }
        long firstUnstable = loadProducers(context.clock().wallMs()).firstUnstable(highWatermark);
        return Math.min(highWatermark, Math.max(firstUnstable, logStartOffset));
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
        if (offset < logStartOffset || offset > logEndOffset) {
            throw new OffsetOutOfRangeException(
                    "offset %d of %s is outside %d to %d"
                            .formatted(offset, partition, logStartOffset, logEndOffset));
        }
    }

    /// The last one that was noted, by an earlier process too; never beyond the log's end. Any
    /// thread.
    public long highWatermark() {
        return Math.min(highWatermark, logEndOffset);
    }

    /// Keeps the high watermark in the directory's next checkpoint. What it means is the
    /// partition's business.
    public void noteHighWatermark(long offset) {
        highWatermark = offset;
    }

    /// Any thread.
    public long logStartOffset() {
        return logStartOffset;
    }

    /// The next offset to be given. Any thread.
    public long logEndOffset() {
        return logEndOffset;
    }

    /// Bytes of records on disk. Any thread.
    public long sizeBytes() {
        return sizeBytes;
    }

    /// Offsets below this are durable. Any thread.
    public long recoveryPoint() {
        return flushes.recoveryPoint();
    }

    /// The epoch of the last append or [#startEpoch]; -1 for an empty log.
    public int latestEpoch() {
        return epochs().latest();
    }

    /// A new leader takes over: its epoch begins at the log's end, before anything is appended in
    /// it.
    public void startEpoch(int epoch) {
        epochs().assign(epoch, logEndOffset);
    }

    public EpochEnd endOffsetFor(int epoch) {
        return epochs().endOffsetFor(epoch, logEndOffset);
    }

    public OptionalInt epochOf(long offset) {
        return epochs().epochOf(offset);
    }

    private EpochCache epochs() {
        if (!segments.isEmpty() && epochs.isDamaged()) {
            epochs.rebuild(segments);
        }
        return epochs;
    }

    /// The first record that is not older than `timestampMs`.
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        return reader.offsetForTimestamp(timestampMs, logStartOffset);
    }

    /// The first of the records with the largest time stamp.
    public Optional<TimestampOffset> maxTimestamp() {
        return reader.maxTimestamp(logStartOffset);
    }

    public List<ProducerView> activeProducers() {
        return loadProducers(context.clock().wallMs()).views();
    }

    private ProducerStates loadProducers(long nowMs) {
        var known = producers.loaded();
        return known != null ? known : producers.load(segments, logEndOffset, nowMs);
    }

    /// Forgets the records below `offset` and drops the segments that hold nothing else. Survives a
    /// restart once [LogDirectory#checkpoint()] has run.
    public void advanceLogStart(long offset) {
        checkWritable();
        check(offset <= logEndOffset, "log start %d beyond end %d", offset, logEndOffset);
        if (offset <= logStartOffset) {
            return;
        }
        logStartOffset = offset;
        int unneeded = 0;
        while (unneeded + 1 < segments.count()
                && segments.get(unneeded + 1).baseOffset() <= offset) {
            unneeded++;
        }
        drop(unneeded, context.clock().wallMs());
    }

    /// What time brings: silent producers expire, a segment that has grown long enough is closed
    /// even if nobody writes, and retention by time and size takes segments away, below
    /// `highWatermark` only. Returns whether segments went.
    ///
    /// Before something can have become due this is one comparison, so a thousand idle logs may be
    /// asked as often as one likes.
    public boolean maintain(long nowMs, long highWatermark) {
        if (closed || nowMs < upkeepDueMs) {
            return false;
        }
        var known = producers.loaded();
        long dueMs =
                known == null
                        ? Long.MAX_VALUE
                        : known.expire(nowMs, config.producerIdExpirationMs());
        boolean dropped = false;
        if (!segments.isEmpty()) {
            int expired = expired(nowMs, highWatermark);
            // The log must know where it ends.
            if (expired == segments.count() || rollDueMs() <= nowMs) {
                roll(nowMs);
            }
            if (expired > 0) {
                drop(expired, nowMs);
                logStartOffset = Math.max(logStartOffset, segments.first().baseOffset());
                dropped = true;
            }
            dueMs = Math.min(dueMs, Math.min(rollDueMs(), expiryMs()));
        }
        upkeepDueMs = dueMs;
        return dropped;
    }

    private Retention retention() {
        return config.deletes()
                ? new Retention(config.retentionMs(), config.retentionBytes())
                : Retention.NONE;
    }

    private long rollDueMs() {
        var active = segments.last();
        if (active.sizeBytes() == 0) {
            return Long.MAX_VALUE;
        }
        long segmentMs = config.segmentMsMax() - jitterMs(active.baseOffset());
        return new IdleRoll(segmentMs, retention().retentionMs())
                .dueMs(active.startedMs(), lastAppendMs);
    }

    /// When the oldest segment may go. In the past while the high watermark holds it.
    private long expiryMs() {
        var oldest = segments.first();
        return oldest.sizeBytes() == 0
                ? Long.MAX_VALUE
                : retention().expiryMs(oldest.largestTimestampMs());
    }

    private int expired(long nowMs, long highWatermark) {
        var candidates =
                segments.all().stream()
                        .map(segment ->
                                new Retention.Candidate(
                                        segment.sizeBytes(), segment.largestTimestampMs()))
                        .toList();
        int expired = retention().expired(candidates, nowMs);
        if (expired == segments.count() && segments.last().sizeBytes() == 0) {
            expired--;
        }
        while (expired > 0 && segments.endOffset(expired - 1, logEndOffset) > highWatermark) {
            expired--;
        }
        return expired;
    }

    /// What the log consists of, for those who explain it.
    ///
    /// @param stableEnd the last stable offset
    public LogFacts facts(long nowMs, long stableEnd) {
        var facts = new ArrayList<LogFacts.Segment>(segments.count());
        for (int i = 0; i < segments.count(); i++) {
            var segment = segments.get(i);
            facts.add(
                    new LogFacts.Segment(
                            segment.baseOffset(),
                            segments.endOffset(i, logEndOffset),
                            segment.sizeBytes(),
                            segment.startedMs(),
                            segment.largestTimestampMs()));
        }
        long segmentMs =
                segments.isEmpty()
                        ? config.segmentMsMax()
                        : config.segmentMsMax() - jitterMs(segments.last().baseOffset());
        return new LogFacts(
                facts,
                segmentMs,
                lastAppendMs,
                cleaning.plan(nowMs, stableEnd),
                cleaning.cleanedUpTo(),
                Math.min(stableEnd, recoveryPoint()));
    }

    private void drop(int count, long nowMs) {
        if (count > 0) {
            if (count < segments.count()) {
                producers.secure(segments.get(count).baseOffset());
            }
            segments.dropFirst(count, nowMs + config.fileDeleteDelayMs());
            producers.dropBelow(segments.first().baseOffset());
            // Not up to the log start: a crash may take that back, and the records are still there.
            epochs().truncateFromStart(segments.first().baseOffset());
            sizeBytes = segments.sizeBytes();
        }
    }

    /// Takes away the records from `offset` on.
    public void truncateTo(long offset) {
        checkWritable();
        if (offset >= logEndOffset) {
            return;
        }
        if (offset < logStartOffset) {
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
        segments.get(index).filesToFlush().forEach(PooledFile::force);
        context.disk().syncDirectory(folder);
    }

    /// Takes away everything; the next record gets `offset`.
    public void truncateFullyAndStartAt(long offset) {
        checkWritable();
        long nowMs = context.clock().wallMs();
        flushes.onTruncation(Math.min(offset, logStartOffset));
        context.checkpoint().run();
        producers.clear();
        segments.dropFrom(0, nowMs);
        flushes.onNewName();
        segments.add(offset, nowMs);
        context.disk().syncDirectory(folder);
        logStartOffset = offset;
        afterTruncation(offset);
        epochs.clear();
        epochs.store();
        producers.clear();
        // Or a crash brings back what was given up, beside what is appended from now on.
        context.disk().syncDirectory(folder);
        context.checkpoint().run();
    }

    private void afterTruncation(long offset) {
        logEndOffset = offset;
        sizeBytes = segments.sizeBytes();
        upkeepDueMs = 0;
        reader.onTruncated();
        epochs().truncateFromEnd(offset);
        producers.truncateTo(offset);
        cleaning.onTruncated(offset);
    }

    /// Compaction's side of this log.
    public LogCleaning cleaning() {
        return cleaning;
    }

    void onSegmentsReplaced() {
        reader.onTruncated(); // What it remembers of positions.
        sizeBytes = segments.sizeBytes();
    }

    Collection<ProducerEntry> producerEntries(long nowMs) {
        return loadProducers(nowMs).entries();
    }

    boolean isClosed() {
        return closed;
    }

    public void reconfigure(LogConfig newConfig) {
        config = newConfig;
        upkeepDueMs = 0;
        codec = newConfig.codec();
        rules =
                new BatchRules(
                        newConfig.compacts(),
                        newConfig.stampsAppendTime(),
                        newConfig.messageTimestampBeforeMaxMs(),
                        newConfig.messageTimestampAfterMaxMs(),
                        newConfig.maxMessageBytes(),
                        false);
        transactionRules = rules.forTransactions();
    }

    public LogConfig config() {
        return config;
    }

    public long unflushedRecords() {
        return logEndOffset - flushes.recoveryPoint();
    }

    public long lastFlushMs() {
        return flushes.lastFlushMs();
    }

    /// Whether `flush.messages` or `flush.ms` asks for a flush, or a segment was closed and is not
    /// yet durable. False while one is under way.
    public boolean flushDue(long nowMs) {
        long unflushed = unflushedRecords();
        if (unflushed == 0 || flushes.isUnderWay()) {
            return false;
        }
        return unflushed >= config.flushMessages()
                || nowMs - flushes.lastFlushMs() >= config.flushMs()
                || (!segments.isEmpty() && segments.last().baseOffset() > flushes.recoveryPoint());
    }

    /// Begins a flush of all that is appended by now.
    public FlushTicket beginFlush() {
        return flushes.begin(segments, logEndOffset, epochs.takeUnsynced());
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
    public ScrubTicket beginScrub(long offset) {
        checkWritable();
        for (int i = Math.max(0, segments.floor(offset)); i + 1 < segments.count(); i++) {
            long end = segments.endOffset(i, logEndOffset);
            if (end > offset && end <= flushes.recoveryPoint()) {
                var segment = segments.get(i);
                var check = segment.check(end, epochs().frozen());
                return new ScrubTicket(segment, check, flushes.truncations(), end);
            }
        }
        return null;
    }

    /// Ends a scrub. Returns the damage it found; null when there is none, or when what it read is
    /// no longer part of the log.
    public LogDamage completeScrub(ScrubTicket ticket) {
        boolean current =
                ticket.truncations() == flushes.truncations()
                        && segments.all().contains(ticket.segment());
        if (!current) {
            return null;
        }
        boolean mayHaveGaps = config.compacts() || cleaning().cleanedUpTo() > 0;
        return mayHaveGaps ? ticket.damage() : ticket.damageOrLoss();
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
            producers.snapshot(logEndOffset, segments);
        }
        epochs.store();
        if (flushes.isUnderWay()) {
            epochs.rewrite();
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
        segments.all().forEach(Segment::abandon);
    }

    /// Why a flush failed; null when none has.
    UncheckedIOException syncFailure() {
        return flushes.failure();
    }

    private void checkWritable() {
        check(!closed, "log of %s is closed", partition);
        var failure = flushes.failure();
        if (failure != null) {
            throw new UncheckedIOException(
                    new IOException("log of %s failed to flush".formatted(partition), failure));
        }
    }

    private static Refused refused(BatchFault fault) {
        var records =
                fault.records().stream()
                        .map(record -> new RecordRefusal(record.index(), record.message()))
                        .toList();
        return new Refused(fault.error(), fault.message(), records);
    }

    @FormatMethod
    private static void check(boolean holds, String message, Object... facts) {
        if (!holds) {
            throw new IllegalStateException(message.formatted(facts));
        }
    }
}
