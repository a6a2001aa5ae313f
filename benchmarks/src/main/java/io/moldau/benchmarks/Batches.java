package io.moldau.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches as a producer sends them: 16 KB, not compressed.
final class Batches {
    static final int BATCH_BYTES = 16 * 1024;
    static final long PRODUCER_ID = 4711;

    private static final int HEADER_BYTES = 61;
    private static final int RECORD_OVERHEAD_BYTES = 8;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int BASE_SEQUENCE_AT = 53;

    private Batches() {}

    /// How many records of that size a producer puts into one batch.
    static int recordsPerBatch(int valueBytes) {
        return Math.max(1, (BATCH_BYTES - HEADER_BYTES) / (valueBytes + RECORD_OVERHEAD_BYTES));
    }

    static ByteBuffer build(int records, int valueBytes, boolean idempotent, long nowMs) {
        var random = new Random(records);
        var made = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            made[i] = new SimpleRecord(nowMs, value);
        }
        return built(made, idempotent);
    }

    /// A batch whose records' keys are drawn from `keys`.
    static ByteBuffer keyed(Random random, int keys, int records, int valueBytes, long nowMs) {
        var made = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            var key = "customer-%07d".formatted(random.nextInt(keys));
            made[i] = new SimpleRecord(nowMs, key.getBytes(StandardCharsets.UTF_8), value);
        }
        return built(made, false);
    }

    private static ByteBuffer built(SimpleRecord[] records, boolean idempotent) {
        return MemoryRecords.withRecords(
                        RecordBatch.CURRENT_MAGIC_VALUE,
                        0L,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        idempotent ? PRODUCER_ID : RecordBatch.NO_PRODUCER_ID,
                        idempotent ? (short) 0 : RecordBatch.NO_PRODUCER_EPOCH,
                        idempotent ? 0 : RecordBatch.NO_SEQUENCE,
                        0,
                        false,
                        records)
                .buffer();
    }

    /// A batch of an idempotent producer gets its place in the producer's sequence.
    static void renumber(ByteBuffer batch, int baseSequence, CRC32C crc) {
        batch.putInt(BASE_SEQUENCE_AT, baseSequence);
        int limit = batch.limit();
        batch.position(ATTRIBUTES_AT);
        crc.reset();
        crc.update(batch);
        batch.position(0).limit(limit);
        batch.putInt(CRC_AT, (int) crc.getValue());
    }

    static ByteBuffer direct(ByteBuffer source) {
        var copy = ByteBuffer.allocateDirect(source.remaining());
        copy.put(source.duplicate()).flip();
        return copy;
    }

    static ByteBuffer heap(ByteBuffer source) {
        var copy = ByteBuffer.allocate(source.remaining());
        copy.put(source.duplicate()).flip();
        return copy;
    }
}
