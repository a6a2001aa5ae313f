package io.moldau.log.segment;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Looks for a record by its time within one batch.
final class RecordSearch {
    private RecordSearch() {}

    /// The first record at or behind `fromOffset` that is not older than `timestampMs`.
    ///
    /// @param batch a scanner that stands on the batch
    static Optional<RecordPoint> firstNotBefore(
            PooledFile file, BatchScanner batch, long timestampMs, long fromOffset) {
        if (batch.lastOffset() < fromOffset) {
            return Optional.empty();
        }
        var header = batch.header();
        int epoch = BatchLayout.leaderEpoch(header, batch.headerAt());
        boolean dense =
                BatchLayout.recordCount(header, batch.headerAt())
                        == BatchLayout.lastOffsetDelta(header, batch.headerAt()) + 1;
        if (dense && BatchLayout.hasAppendTime(header, batch.headerAt())) {
            // One stamp for all records, and compaction took none of them.
            long offset = Math.max(batch.baseOffset(), fromOffset);
            return Optional.of(new RecordPoint(batch.maxTimestamp(), offset, epoch));
        }
        var bytes = ByteBuffer.allocate(batch.sizeBytes());
        file.read(bytes, batch.position());
        bytes.flip();
        if (bytes.remaining() < batch.sizeBytes()
                || BatchLayout.computeCrc(bytes, 0, bytes.limit()) != BatchLayout.crc(bytes, 0)) {
            throw new DamagedLogException(
                    new LogDamage(
                            file.path(),
                            batch.position(),
                            batch.baseOffset(),
                            batch.lastOffset() + 1,
                            "wrong CRC"));
        }
        return walk(bytes, timestampMs, fromOffset);
    }

    private static Optional<RecordPoint> walk(ByteBuffer batch, long timestampMs, long fromOffset) {
        var reader = new RecordReader();
        reader.open(batch, 0, batch.remaining());
        try {
            int count = BatchLayout.recordCount(batch, 0);
            for (int i = 0; i < count; i++) {
                reader.next();
                long timestamp =
                        BatchLayout.hasAppendTime(batch, 0)
                                ? BatchLayout.maxTimestamp(batch, 0)
                                : BatchLayout.baseTimestamp(batch, 0) + reader.timestampDelta();
                long offset = BatchLayout.baseOffset(batch, 0) + reader.offsetDelta();
                if (timestamp >= timestampMs && offset >= fromOffset) {
                    int epoch = BatchLayout.leaderEpoch(batch, 0);
                    return Optional.of(new RecordPoint(timestamp, offset, epoch));
                }
            }
            return Optional.empty();
        } finally {
            reader.close();
        }
    }
}
