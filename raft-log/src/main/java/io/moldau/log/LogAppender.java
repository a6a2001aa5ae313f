package io.moldau.log;

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
import io.moldau.log.segment.Segment;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;

/// The appending side of one log: checks what came, gives it offsets, finds room for it, writes it,
/// and only then lets readers know. Belongs to the partition's own thread.
final class LogAppender {
    private final LogBounds bounds;
    private final LogSegments segments;
    private final EpochCache epochs;
    private final ProducerStore producers;
    private final FlushState flushes;
    private final LogReader reader;
    private final LogCleaning cleaning;
    private final int jitterSeed;

    private LogConfig config;
    private BatchRules rules;
    private BatchRules transactionRules;
    private Compression codec;
    private long lastAppendMs;

    LogAppender(
            LogBounds bounds,
            OpenedLog opened,
            FlushState flushes,
            LogReader reader,
            LogCleaning cleaning,
            long nowMs) {
        this.bounds = bounds;
        this.segments = opened.segments();
        this.epochs = opened.epochs();
        this.producers = opened.producers();
        this.flushes = flushes;
        this.reader = reader;
        this.cleaning = cleaning;
        this.jitterSeed = opened.partition().hashCode();
        this.lastAppendMs = nowMs;
    }

    void reconfigure(LogConfig newConfig) {
        config = newConfig;
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

    /// When something was last appended, or the log was opened.
    long lastAppendMs() {
        return lastAppendMs;
    }

    /// See [PartitionLog#append].
    AppendResult append(ByteBuffer records, AppendMode mode, int leaderEpoch, long nowMs) {
        return switch (mode) {
            case CLIENT -> appendFromClient(records, rules, leaderEpoch, nowMs);
            case TRANSACTION -> appendFromClient(records, transactionRules, leaderEpoch, nowMs);
            case REPLICA -> appendFromLeader(records, nowMs);
        };
    }

    private AppendResult appendFromClient(
            ByteBuffer records, BatchRules demands, int leaderEpoch, long nowMs) {
        Invariant.check(leaderEpoch >= latestEpoch(), "leader epoch fell to %d", leaderEpoch);
        var validator = BatchValidator.ofThisThread();
        var fault = validator.check(records, demands, nowMs);
        if (fault != null) {
            return refused(fault);
        }
        var known = producers.load(segments, bounds.endOffset(), nowMs);
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
        long baseOffset = bounds.endOffset();
        BatchLayout.stamp(batch, batch.position(), baseOffset, leaderEpoch);
        long lastOffset = write(batch, leaderEpoch, maxTimestamp, nowMs);
        noteProducer(known, batch, batch.position(), nowMs);
        return new Appended(baseOffset, lastOffset, stamped ? nowMs : -1, batch.remaining());
    }

    /// See [PartitionLog#appendMarker].
    AppendResult appendMarker(EndMarker marker, int leaderEpoch, long nowMs) {
        Invariant.check(leaderEpoch >= latestEpoch(), "leader epoch fell to %d", leaderEpoch);
        var known = producers.load(segments, bounds.endOffset(), nowMs);
        var refusal = known.check(marker);
        if (refusal != null) {
            return refusal;
        }
        var batch = marker.toBatch(nowMs);
        long offset = bounds.endOffset();
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
            segments.last().files().transactions().add(aborted);
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
        var known = producers.load(segments, bounds.endOffset(), nowMs);
        long baseOffset = bounds.endOffset();
        int position = records.position();
        int limit = records.limit();
        try {
            while (records.position() < limit) {
                int at = records.position();
                var flaw = ReplicaBatches.flawAt(records, at, limit, bounds.endOffset());
                if (flaw != null) {
                    return Refused.of(Errors.CORRUPT_MESSAGE, flaw);
                }
                records.limit(at + (int) BatchLayout.sizeBytes(records, at));
                int epoch = BatchLayout.leaderEpoch(records, at);
                boolean isGap = BatchLayout.baseOffset(records, at) > bounds.endOffset();
                write(records, epoch, BatchLayout.maxTimestamp(records, at), nowMs);
                if (isGap) {
                    cleaning.onGap();
                }
                noteProducer(known, records, at, nowMs);
                records.position(records.limit()).limit(limit);
            }
        } finally {
            records.limit(limit).position(position);
        }
        return new Appended(baseOffset, bounds.endOffset() - 1, -1, records.remaining());
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
        bounds.onAppended(lastOffset + 1, count);
        flushes.onAppended(count);
        lastAppendMs = nowMs;
        reader.onAppended(lastOffset + 1, segment.sizeBytes());
        return lastOffset;
    }

    private int latestEpoch() {
        return epochs.sound(segments).latest();
    }

    private Segment segmentFor(int batchBytes, long lastOffset, long timestamp, long nowMs) {
        if (segments.isEmpty()) {
            flushes.onNewName();
            return segments.add(bounds.endOffset(), nowMs);
        }
        var active = segments.last();
        boolean isFull =
                active.isFullFor(
                        batchBytes, lastOffset, config.segmentBytes(), config.segmentIndexBytes());
        boolean isOld =
                active.sizeBytes() > 0 && active.ageMs(timestamp, nowMs) > segmentMs(active);
        return isFull || isOld ? roll(nowMs) : active;
    }

    /// How long the segment may grow.
    long segmentMs(Segment segment) {
        return config.segmentMsMax() - jitterMs(segment.baseOffset());
    }

    /// Spreads the segments' ends over time: as good as random, and the same on every run.
    private long jitterMs(long baseOffset) {
        if (config.segmentJitterMs() <= 0) {
            return 0;
        }
        long mixed = (baseOffset + jitterSeed) * 0x9e3779b97f4a7c15L;
        return Math.floorMod(mixed >>> 16, config.segmentJitterMs());
    }

    /// Closes the last segment and begins the next one.
    Segment roll(long nowMs) {
        producers.load(segments, bounds.endOffset(), nowMs);
        segments.last().seal();
        flushes.onNewName();
        var active = segments.add(bounds.endOffset(), nowMs);
        producers.snapshot(bounds.endOffset(), segments);
        return active;
    }

    private static Refused refused(BatchFault fault) {
        var records =
                fault.records().stream()
                        .map(record -> new RecordRefusal(record.index(), record.message()))
                        .toList();
        return new Refused(fault.error(), fault.message(), records);
    }
}
