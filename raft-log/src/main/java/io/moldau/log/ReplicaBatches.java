package io.moldau.log;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;

/// The checks on batches that come from a leader: they were judged there, so only damage on the way
/// and our own mistakes are looked for.
final class ReplicaBatches {
    private ReplicaBatches() {}

    /// What is wrong with the batch at index `at`; null when nothing is.
    static String flawAt(ByteBuffer records, int at, int limit, long logEndOffset) {
        if (limit - at < BatchLayout.HEADER_BYTES) {
            return "records end within a header";
        }
        long size = BatchLayout.sizeBytes(records, at);
        if (size < BatchLayout.HEADER_BYTES || size > limit - at) {
            return "batch of impossible size " + size;
        }
        if (BatchLayout.magic(records, at) != BatchLayout.MAGIC) {
            return "unknown message format " + BatchLayout.magic(records, at);
        }
        if (BatchLayout.baseOffset(records, at) < logEndOffset
                || BatchLayout.lastOffsetDelta(records, at) < 0) {
            return "batch at offset %d, the log ends at %d"
                    .formatted(BatchLayout.baseOffset(records, at), logEndOffset);
        }
        return BatchLayout.computeCrc(records, at, (int) size) == BatchLayout.crc(records, at)
                ? null
                : "wrong CRC in the batch at offset " + BatchLayout.baseOffset(records, at);
    }
}
