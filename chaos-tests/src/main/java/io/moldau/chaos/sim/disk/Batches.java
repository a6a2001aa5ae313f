package io.moldau.chaos.sim.disk;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;

/// Batches of one record, all of the same size, whose value is the record's number.
///
/// Source: the record format of KIP-98.
final class Batches {
    /// A header, and a record without key and headers: length, attributes, two deltas, key length
    /// and value length of a byte each, the value, the number of headers.
    static final int BYTES = BatchLayout.HEADER_BYTES + 6 + Long.BYTES + 1;

    private static final int VALUE_AT = BatchLayout.HEADER_BYTES + 6;
    private static final long STAMP_MS = 1_000;
    private static final byte[] TEMPLATE = template();

    private Batches() {}

    private static byte[] template() {
        var batch = ByteBuffer.allocate(BYTES);
        batch.putInt(8, BYTES - BatchLayout.PREFIX_BYTES);
        batch.put(16, BatchLayout.MAGIC);
        batch.putLong(27, STAMP_MS).putLong(35, STAMP_MS);
        batch.putInt(57, 1);
        int record = BatchLayout.HEADER_BYTES;
        batch.put(record, varint(BYTES - BatchLayout.HEADER_BYTES - 1));
        batch.put(record + 4, varint(-1)).put(record + 5, varint(Long.BYTES));
        return batch.array();
    }

    /// Of small numbers: zig-zag in one byte.
    private static byte varint(int value) {
        return (byte) (value << 1 ^ value >> 31);
    }

    /// As its producer sends it.
    static ByteBuffer of(long record, boolean idempotent) {
        var batch = ByteBuffer.wrap(TEMPLATE.clone());
        batch.putLong(43, idempotent ? Records.producer(record) : BatchLayout.NO_PRODUCER_ID);
        batch.putShort(51, (short) (idempotent ? Records.epoch(record) : -1));
        batch.putInt(53, idempotent ? (int) Records.sequence(record) - 1 : -1);
        batch.putLong(VALUE_AT, record);
        BatchLayout.sealChecksum(batch, 0, BYTES);
        return batch;
    }

    /// Whether it is what was written, as far as its checksum tells.
    static boolean isWhole(ByteBuffer buffer, int at) {
        return BatchLayout.sizeBytes(buffer, at) == BYTES
                && BatchLayout.magic(buffer, at) == BatchLayout.MAGIC
                && BatchLayout.crc(buffer, at) == BatchLayout.computeCrc(buffer, at, BYTES);
    }

    static long record(ByteBuffer buffer, int at) {
        return buffer.getLong(at + VALUE_AT);
    }
}
