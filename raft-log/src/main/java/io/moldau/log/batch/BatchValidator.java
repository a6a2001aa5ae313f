package io.moldau.log.batch;

import io.moldau.log.batch.BatchFault.RecordFault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.Errors;

/// Decides whether what a client sent may enter a log: exactly one batch v2 that is what it claims.
///
/// Looks at every byte once (checksum) and at every record once (walk). Belongs to one thread.
///
/// Source: the checks that Kafka's broker makes and the error codes that it answers with.
public final class BatchValidator {
    private static final ThreadLocal<BatchValidator> OF_THIS_THREAD =
            ThreadLocal.withInitial(BatchValidator::new);

    private static final int CODEC_MAX = 4;
    private static final int ATTRIBUTES_AT = 21;

    /// As many as a client can make use of; the rest is counted only.
    private static final int RECORD_FAULTS_MAX = 1000;

    private final CRC32C crc = new CRC32C();
    private final RecordReader reader = new RecordReader();
    private long maxTimestampMs;

    /// The one that belongs to the calling thread.
    public static BatchValidator ofThisThread() {
        return OF_THIS_THREAD.get();
    }

    /// Checks what lies between the buffer's position and limit. Returns null when all is well.
    public BatchFault check(ByteBuffer batch, BatchRules rules, long nowMs) {
        var fault = checkFrame(batch, rules.maxBytes());
        if (fault == null) {
            fault = checkHeader(batch, rules);
        }
        return fault != null ? fault : checkRecords(batch, rules, nowMs);
    }

    /// The largest time stamp among the records of the batch that was checked last; -1 if they have
    /// none.
    public long maxTimestampMs() {
        return maxTimestampMs;
    }

    private BatchFault checkFrame(ByteBuffer batch, int maxBytes) {
        int at = batch.position();
        int remaining = batch.remaining();
        if (remaining < BatchLayout.PREFIX_BYTES + Integer.BYTES + 1) {
            return invalid("a produce request needs one record batch per partition");
        }
        byte magic = BatchLayout.magic(batch, at);
        if (magic == 0 || magic == 1) {
            return invalid("message format v%d is no longer accepted, only v2".formatted(magic));
        }
        if (magic != BatchLayout.MAGIC) {
            return corrupt("unknown message format " + magic);
        }
        long size = BatchLayout.sizeBytes(batch, at);
        if (size < BatchLayout.HEADER_BYTES) {
            return corrupt("batch of impossible size %d".formatted(size));
        }
        if (size > remaining) {
            return invalid("batch of %d bytes ends after %d".formatted(size, remaining));
        }
        if (size < remaining) {
            return invalid("a produce request takes exactly one record batch per partition");
        }
        if (size > maxBytes) {
            return tooLarge(size, maxBytes);
        }
        return checkCrc(batch, at, remaining);
    }

    private BatchFault checkCrc(ByteBuffer batch, int at, int size) {
        crc.reset();
        crc.update(batch.slice(at + ATTRIBUTES_AT, size - ATTRIBUTES_AT));
        int computed = (int) crc.getValue();
        int stored = BatchLayout.crc(batch, at);
        if (computed == stored) {
            return null;
        }
        return corrupt("batch is corrupt: CRC is %08x, should be %08x".formatted(stored, computed));
    }

    private static BatchFault checkHeader(ByteBuffer batch, BatchRules rules) {
        int at = batch.position();
        if (BatchLayout.isControl(batch, at)) {
            return invalid("clients may not write control records");
        }
        if (BatchLayout.isTransactional(batch, at) != rules.transactional()) {
            return BatchFault.of(
                    Errors.INVALID_TXN_STATE,
                    rules.transactional()
                            ? "the batch is not of the producer's transaction"
                            : "the producer has no open transaction here");
        }
        if (rules.transactional() && BatchLayout.producerId(batch, at) < 0) {
            return invalid("a transaction needs a producer id");
        }
        if (BatchLayout.codec(batch, at) > CODEC_MAX) {
            return BatchFault.of(
                    Errors.UNSUPPORTED_COMPRESSION_TYPE,
                    "unknown compression codec " + BatchLayout.codec(batch, at));
        }
        int count = BatchLayout.recordCount(batch, at);
        if (count <= 0) {
            return invalid("batch with impossible record count " + count);
        }
        if (BatchLayout.lastOffsetDelta(batch, at) != count - 1) {
            return invalid(
                    "batch of %d records ends at offset delta %d"
                            .formatted(count, BatchLayout.lastOffsetDelta(batch, at)));
        }
        if (BatchLayout.producerId(batch, at) >= 0
                && (BatchLayout.baseSequence(batch, at) < 0
                        || BatchLayout.producerEpoch(batch, at) < 0)) {
            return invalid("batch of an idempotent producer without epoch and sequence");
        }
        if (BatchLayout.hasAppendTime(batch, at) && !rules.stampsAppendTime()) {
            return BatchFault.of(
                    Errors.INVALID_TIMESTAMP, "producers may not set the timestamp type");
        }
        return null;
    }

    private BatchFault checkRecords(ByteBuffer batch, BatchRules rules, long nowMs) {
        try {
            reader.open(batch, batch.position(), batch.remaining());
            return walk(batch, rules, nowMs);
        } catch (MalformedBatchException e) {
            return invalid(e.getMessage());
        } finally {
            reader.close(); // Codecs hold memory that no collector sees.
        }
    }

    private BatchFault walk(ByteBuffer batch, BatchRules rules, long nowMs) {
        int count = BatchLayout.recordCount(batch, batch.position());
        long baseTimestamp = BatchLayout.baseTimestamp(batch, batch.position());
        long oldest = oldestAllowed(rules, nowMs);
        long newest = newestAllowed(rules, nowMs);
        RecordFaults faults = null;
        long max = BatchLayout.NO_TIMESTAMP;
        for (int i = 0; i < count; i++) {
            reader.next();
            if (reader.offsetDelta() != i) {
                return invalid("record %d has offset delta %d".formatted(i, reader.offsetDelta()));
            }
            long timestamp = baseTimestamp + reader.timestampDelta();
            max = Math.max(max, timestamp);
            if (rules.keysRequired() && !reader.hasKey()) {
                faults = RecordFaults.add(faults, i, "a compacted topic needs a key", false);
            } else if (timestamp != BatchLayout.NO_TIMESTAMP
                    && (timestamp < oldest || timestamp > newest)) {
                String message =
                        "timestamp %d is outside %d to %d".formatted(timestamp, oldest, newest);
                faults = RecordFaults.add(faults, i, message, true);
            }
        }
        if (!reader.atEnd()) {
            return invalid("batch holds more than its %d records".formatted(count));
        }
        maxTimestampMs = max;
        return faults == null ? null : faults.toFault();
    }

    private static long oldestAllowed(BatchRules rules, long nowMs) {
        boolean bound = !rules.stampsAppendTime() && rules.beforeMaxMs() < nowMs;
        return bound ? nowMs - rules.beforeMaxMs() : Long.MIN_VALUE;
    }

    private static long newestAllowed(BatchRules rules, long nowMs) {
        boolean bound = !rules.stampsAppendTime() && rules.afterMaxMs() < Long.MAX_VALUE - nowMs;
        return bound ? nowMs + rules.afterMaxMs() : Long.MAX_VALUE;
    }

    private static BatchFault invalid(String message) {
        return BatchFault.of(Errors.INVALID_RECORD, message);
    }

    private static BatchFault corrupt(String message) {
        return BatchFault.of(Errors.CORRUPT_MESSAGE, message);
    }

    /// Also used for a batch that has grown by being compressed anew.
    public static BatchFault tooLarge(long size, int maxBytes) {
        return BatchFault.of(
                Errors.MESSAGE_TOO_LARGE,
                "batch of %d bytes exceeds max.message.bytes %d".formatted(size, maxBytes));
    }

    /// The records that were refused so far.
    private static final class RecordFaults {
        private final List<RecordFault> faults = new ArrayList<>();
        private boolean anyTimestamp;

        private static RecordFaults add(
                RecordFaults soFar, int index, String message, boolean isTimestamp) {
            var faults = soFar == null ? new RecordFaults() : soFar;
            faults.anyTimestamp |= isTimestamp;
            if (faults.faults.size() < RECORD_FAULTS_MAX) {
                faults.faults.add(new RecordFault(index, message));
            }
            return faults;
        }

        private BatchFault toFault() {
            var first = faults.getFirst();
            return new BatchFault(
                    anyTimestamp ? Errors.INVALID_TIMESTAMP : Errors.INVALID_RECORD,
                    "%d record(s) refused; record %d: %s"
                            .formatted(faults.size(), first.index(), first.message()),
                    List.copyOf(faults));
        }
    }
}
