package io.moldau.log.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Where the fields of a record batch v2 are, read and written in place.
///
/// ```
///  0 base offset          i64 | stamped by the broker, outside the checksum
///  8 length               i32 | of all that follows this field
/// 12 leader epoch         i32 | stamped by the broker, outside the checksum
/// 16 magic                i8  | 2
/// 17 CRC-32C              u32 | of all that follows this field
/// 21 attributes           i16 | 0-2 codec, 3 append time, 4 transactional, 5 control, 6 horizon
/// 23 last offset delta    i32
/// 27 base timestamp       i64 | with bit 6 the time from which on tombstones may go
/// 35 max timestamp        i64
/// 43 producer id          i64 | -1 when not idempotent
/// 51 producer epoch       i16
/// 53 base sequence        i32
/// 57 record count         i32
/// 61 records                  | compressed as one block, or plain
/// ```
///
/// Every method takes the buffer and the index at which the batch begins, and moves neither
/// position nor limit. Offsets are big-endian, as buffers are unless told otherwise.
public final class BatchLayout {
    /// Base offset and length, which the length field does not count.
    public static final int PREFIX_BYTES = 12;

    /// A batch without its records.
    public static final int HEADER_BYTES = 61;

    public static final byte MAGIC = 2;

    /// Producer id of a batch that is not idempotent.
    public static final long NO_PRODUCER_ID = -1;

    /// Time stamp of a record that has none.
    public static final long NO_TIMESTAMP = -1;

    static final int CODEC_MASK = 0x07;
    static final int APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    private static final int LENGTH_AT = 8;
    private static final int LEADER_EPOCH_AT = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int PRODUCER_ID_AT = 43;
    private static final int PRODUCER_EPOCH_AT = 51;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int RECORD_COUNT_AT = 57;

    private BatchLayout() {}

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at);
    }

    /// The whole batch in bytes, as its length field says; negative or tiny when that is garbage.
    public static long sizeBytes(ByteBuffer buffer, int at) {
        return (long) buffer.getInt(at + LENGTH_AT) + PREFIX_BYTES;
    }

    public static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH_AT);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    public static int crc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + CRC_AT);
    }

    public static int attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    public static int codec(ByteBuffer buffer, int at) {
        return attributes(buffer, at) & CODEC_MASK;
    }

    public static boolean hasAppendTime(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & APPEND_TIME_FLAG) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL_FLAG) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL_FLAG) != 0;
    }

    /// Whether the base timestamp says from when on tombstones and markers here may go (KIP-534).
    public static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & DELETE_HORIZON_FLAG) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    public static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    public static int recordCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORD_COUNT_AT);
    }

    /// Gives the batch its place in the log. The checksum does not cover these fields.
    public static void stamp(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
        buffer.putLong(at, baseOffset);
        buffer.putInt(at + LEADER_EPOCH_AT, leaderEpoch);
    }

    /// Sets what the header says of time; the checksum is stale until [#sealChecksum].
    static void putMaxTimestamp(ByteBuffer buffer, int at, long timestampMs, boolean appendTime) {
        int attributes = attributes(buffer, at) & ~APPEND_TIME_FLAG;
        int flagged = appendTime ? attributes | APPEND_TIME_FLAG : attributes;
        buffer.putShort(at + ATTRIBUTES_AT, (short) flagged);
        buffer.putLong(at + MAX_TIMESTAMP_AT, timestampMs);
    }

    /// Stamps the time from which on tombstones and markers here may go.
    static void putDeleteHorizon(ByteBuffer buffer, int at, long horizonMs) {
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes(buffer, at) | DELETE_HORIZON_FLAG));
        buffer.putLong(at + BASE_TIMESTAMP_AT, horizonMs);
    }

    static void putMaxTimestamp(ByteBuffer buffer, int at, long timestampMs) {
        buffer.putLong(at + MAX_TIMESTAMP_AT, timestampMs);
    }

    static void putRecordCount(ByteBuffer buffer, int at, int count) {
        buffer.putInt(at + RECORD_COUNT_AT, count);
    }

    static void putCodec(ByteBuffer buffer, int at, int codec) {
        int attributes = attributes(buffer, at) & ~CODEC_MASK;
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes | codec));
    }

    static void putSizeBytes(ByteBuffer buffer, int at, int sizeBytes) {
        buffer.putInt(at + LENGTH_AT, sizeBytes - PREFIX_BYTES);
    }

    /// Writes the checksum of what the batch now holds.
    public static void sealChecksum(ByteBuffer buffer, int at, int sizeBytes) {
        buffer.putInt(at + CRC_AT, computeCrc(buffer, at, sizeBytes));
    }

    /// The checksum that the header ought to carry.
    public static int computeCrc(ByteBuffer buffer, int at, int sizeBytes) {
        var crc = new CRC32C();
        crc.update(buffer.slice(at + ATTRIBUTES_AT, sizeBytes - ATTRIBUTES_AT));
        return (int) crc.getValue();
    }
}
