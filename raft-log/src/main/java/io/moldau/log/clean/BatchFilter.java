package io.moldau.log.clean;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.BatchPayload;
import io.moldau.log.batch.BatchRewriter;
import io.moldau.log.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/// Decides, batch by batch in the order of their offsets, what stays of a log that is compacted.
///
/// A record stays if its key has no later one, and a tombstone only until its batch's delete
/// horizon: `delete.retention.ms` after a cleaner first saw it. Aborted records go at once, a
/// marker once all batches of its transaction are gone, and then a horizon later. A batch of which
/// no record is left stays as a bare header where somebody needs its offset: as the last one of its
/// producer, or as the end of its segment, so that segments follow each other without a gap.
///
/// Source: KIP-534 (delete horizons), KIP-98 (producers, markers). Belongs to one thread.
final class BatchFilter {
    /// What became of a batch.
    enum Outcome {
        /// It stays as it is.
        KEPT,
        /// [#rewritten()] takes its place.
        REWRITTEN,
        DROPPED
    }

    private final OffsetMap map;
    private final KeyStretch keys;
    private final LastBatches lastBatches;
    private final long nowMs;
    private final long deleteRetentionMs;
    private final Set<Long> withBatches = new HashSet<>();
    private final BatchPayload payload = new BatchPayload();
    private final RecordReader records = new RecordReader();
    private final BitSet staying = new BitSet(); // The batch's records, by their place in it.
    private final BatchRewriter rewriter = new BatchRewriter();
    private ByteBuffer rewritten;
    private long recordsRead;
    private long recordsKept;

    BatchFilter(
            OffsetMap map,
            KeyStretch keys,
            LastBatches lastBatches,
            long nowMs,
            long deleteRetentionMs) {
        this.map = map;
        this.keys = keys;
        this.lastBatches = lastBatches;
        this.nowMs = nowMs;
        this.deleteRetentionMs = deleteRetentionMs;
    }

    /// @param batch a heap buffer; the batch at index `at` is whole and its CRC is right
    /// @param endsSegment whether nothing follows it in the segment that is being made
    /// @param transactions asked only if the batch is transactional
    Outcome filter(
            ByteBuffer batch, int at, int size, boolean endsSegment, Transactions transactions) {
        long producerId = BatchLayout.producerId(batch, at);
        boolean control = BatchLayout.isControl(batch, at);
        boolean needed = endsSegment || isLastOfProducer(batch, at, producerId, control);
        recordsRead += BatchLayout.recordCount(batch, at);
        if (control) {
            return filterMarker(batch, at, producerId, needed);
        }
        if (BatchLayout.isTransactional(batch, at)) {
            withBatches.add(producerId);
            if (transactions.isAborted(producerId, BatchLayout.baseOffset(batch, at))) {
                return empty(batch, at, needed);
            }
        }
        return BatchLayout.recordCount(batch, at) == 0
                ? empty(batch, at, needed)
                : filterRecords(batch, at, size, needed);
    }

    private boolean isLastOfProducer(ByteBuffer batch, int at, long producerId, boolean control) {
        return producerId >= 0
                && lastBatches.isLast(
                        producerId,
                        BatchLayout.producerEpoch(batch, at),
                        BatchLayout.lastOffset(batch, at),
                        control);
    }

    private Outcome filterMarker(ByteBuffer batch, int at, long producerId, boolean needed) {
        boolean marksNothing = !withBatches.remove(producerId);
        boolean hasHorizon = BatchLayout.hasDeleteHorizon(batch, at);
        if (BatchLayout.recordCount(batch, at) == 0
                || (marksNothing && hasHorizon && isPastHorizon(batch, at))) {
            return empty(batch, at, needed);
        }
        recordsKept += BatchLayout.recordCount(batch, at);
        return marksNothing && !hasHorizon
                ? withHorizon(batch, at, batchSize(batch, at))
                : Outcome.KEPT;
    }

    private static int batchSize(ByteBuffer batch, int at) {
        return (int) BatchLayout.sizeBytes(batch, at);
    }

    private boolean isPastHorizon(ByteBuffer batch, int at) {
        return BatchLayout.hasDeleteHorizon(batch, at)
                && BatchLayout.baseTimestamp(batch, at) <= nowMs;
    }

    private Outcome empty(ByteBuffer batch, int at, boolean needed) {
        if (!needed) {
            return Outcome.DROPPED;
        }
        if (BatchLayout.recordCount(batch, at) == 0) {
            return Outcome.KEPT;
        }
        rewriter.begin(0);
        rewritten = rewriter.finish(batch, at, -1);
        return Outcome.REWRITTEN;
    }

    private Outcome filterRecords(ByteBuffer batch, int at, int size, boolean needed) {
        payload.open(batch, at, size);
        boolean pastHorizon = isPastHorizon(batch, at);
        int total = 0;
        boolean tombstone = false;
        staying.clear();
        records.open(payload.bytes(), payload.from(), payload.to());
        while (keys.read(records, payload.bytes())) {
            map.approach(keys);
            for (int i = 0; i < keys.count(); i++, total++) {
                if (stays(i, BatchLayout.baseOffset(batch, at), pastHorizon)) {
                    staying.set(total);
                    tombstone |= !keys.hasValue(i);
                }
            }
        }
        int kept = staying.cardinality();
        if (kept == 0) {
            return empty(batch, at, needed);
        }
        recordsKept += kept;
        boolean stampsHorizon = tombstone && !BatchLayout.hasDeleteHorizon(batch, at);
        if (kept == total && !stampsHorizon) {
            return Outcome.KEPT;
        }
        rewrite(batch, at, stampsHorizon ? nowMs + deleteRetentionMs : -1);
        return Outcome.REWRITTEN;
    }

    /// Whether record `index` of the stretch stays.
    private boolean stays(int index, long baseOffset, boolean pastHorizon) {
        long offset = baseOffset + keys.offsetDelta(index);
        if (offset > map.lastOffset()) {
            return true; // Of what lies there the map knows nothing yet.
        }
        return keys.hasKey(index)
                && (keys.hasValue(index) || !pastHorizon)
                && offset >= map.get(keys.low(index), keys.high(index));
    }

    private void rewrite(ByteBuffer batch, int at, long horizonMs) {
        rewriter.begin(horizonMs < 0 ? 0 : BatchLayout.baseTimestamp(batch, at) - horizonMs);
        records.open(payload.bytes(), payload.from(), payload.to());
        for (int i = 0; !records.atEnd(); i++) {
            records.next();
            if (staying.get(i)) {
                rewriter.add(payload.bytes(), records);
            }
        }
        rewritten = rewriter.finish(batch, at, horizonMs);
    }

    /// The same records, and from when on they may go.
    private Outcome withHorizon(ByteBuffer batch, int at, int size) {
        long horizonMs = nowMs + deleteRetentionMs;
        payload.open(batch, at, size);
        rewriter.begin(BatchLayout.baseTimestamp(batch, at) - horizonMs);
        records.open(payload.bytes(), payload.from(), payload.to());
        while (!records.atEnd()) {
            records.next();
            rewriter.add(payload.bytes(), records);
        }
        rewritten = rewriter.finish(batch, at, horizonMs);
        return Outcome.REWRITTEN;
    }

    /// What takes the batch's place. Good until the next batch.
    ByteBuffer rewritten() {
        return rewritten;
    }

    long recordsRead() {
        return recordsRead;
    }

    long recordsKept() {
        return recordsKept;
    }
}
