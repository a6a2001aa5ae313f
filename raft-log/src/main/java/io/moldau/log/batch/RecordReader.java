package io.moldau.log.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Walks the records of one batch, compressed or not, without allocating for any of them.
///
/// ```
/// length varint | attributes i8 | timestamp delta varlong | offset delta varint
/// key length varint, key | value length varint, value
/// header count varint, each: key length varint, key, value length varint, value
/// ```
///
/// Records that are not compressed are read where they lie, what is decompressed passes through a
/// small window on the heap. A reader belongs to one thread and is used for one batch after the
/// other: [#open], [#next] until the records are through, [#close].
public final class RecordReader {
    private static final Logger LOGGER = LoggerFactory.getLogger(RecordReader.class);

    private static final int WINDOW_BYTES = 16 * 1024;
    private static final int SMALLEST_RECORD_BYTES = 6;

    /// So much is looked at in one go; a record this near to the end takes the other way.
    private static final int GLANCE_BYTES = 2 * Long.BYTES;

    private static final int SHORT_VARINT_MAX = (1 << 14) - 1;

    /// Encoded, the length of what is null.
    private static final int NULL = 1;

    private static final CompressionType[] CODECS = CompressionType.values();

    private final byte[] window = new byte[WINDOW_BYTES];
    private final BufferSupplier buffers = BufferSupplier.create();
    private ByteBuffer plain;
    private InputStream compressed;
    private int position;
    private int limit;
    private long windowStart;

    private long timestampDelta;
    private int offsetDelta;
    private boolean hasKey;

    /// Begins with the batch at index `at`. Its header must have been checked.
    ///
    /// @throws MalformedBatchException the codec does not recognise its own format
    public void open(ByteBuffer buffer, int at, int sizeBytes) {
        close();
        position = 0;
        limit = 0;
        windowStart = 0;
        var payload =
                buffer.slice(at + BatchLayout.HEADER_BYTES, sizeBytes - BatchLayout.HEADER_BYTES);
        int codec = BatchLayout.codec(buffer, at);
        if (codec == 0) {
            plain = payload.order(ByteOrder.LITTLE_ENDIAN);
            limit = payload.limit();
            return;
        }
        if (codec == CompressionType.SNAPPY.id) {
            SnappyFrames.check(payload);
        }
        try {
            compressed =
                    Compression.of(CODECS[codec])
                            .build()
                            .wrapForInput(payload, BatchLayout.MAGIC, buffers);
        } catch (RuntimeException e) {
            throw undecodable(e);
        }
    }

    /// Steps over one record, whose fields are then to be had below.
    ///
    /// @throws MalformedBatchException the bytes are no record
    public void next() {
        if (plain == null || !nextAtAGlance()) {
            nextByteByByte();
        }
    }

    /// The common record in two or three loads: not compressed, without headers, none of its
    /// numbers of more than two bytes. If it is another one, nothing has happened.
    ///
    /// Numbers are zigzag-encoded: an odd one is negative, and only -1 makes sense, for null.
    private boolean nextAtAGlance() {
        int at = position;
        int end = limit;
        if (end - at < GLANCE_BYTES) {
            return false;
        }
        long head = plain.getLong(at);
        int length = shortVarint(head);
        int fieldsAt = at + sizeOf(head);
        int next = fieldsAt + (length >>> 1);
        head >>>= Byte.SIZE * (sizeOf(head) + 1); // Attributes: unused in every version so far.
        int time = shortVarint(head);
        int keyAt = fieldsAt + 1 + sizeOf(head);
        head >>>= Byte.SIZE * sizeOf(head);
        int offset = shortVarint(head);
        keyAt += sizeOf(head);
        long rest = plain.getLong(keyAt);
        int key = shortVarint(rest);
        int valueAt = keyAt + sizeOf(rest);
        if (key == NULL) {
            rest >>>= Byte.SIZE * sizeOf(rest);
        } else {
            valueAt += key >>> 1;
            if (valueAt > end - Long.BYTES) {
                return false;
            }
            rest = plain.getLong(valueAt);
        }
        int value = shortVarint(rest);
        int headersAt = valueAt + sizeOf(rest) + (value == NULL ? 0 : value >>> 1);
        boolean isOdd = ((length | (key == NULL ? 0 : key) | (value == NULL ? 0 : value)) & 1) != 0;
        if (isOdd
                || (length | time | offset | key | value) > SHORT_VARINT_MAX
                || headersAt + 1 != next
                || next > end
                || plain.get(headersAt) != 0) {
            return false;
        }
        timestampDelta = decoded(time);
        offsetDelta = decoded(offset);
        hasKey = key != NULL;
        position = next;
        return true;
    }

    /// The number that begins in the lowest byte, as it is encoded; beyond [#SHORT_VARINT_MAX] when
    /// it takes more than two.
    private static int shortVarint(long bytes) {
        int low = (int) bytes;
        return (low & 0x80) == 0 ? low & 0x7f : (low & 0x7f) | (low & 0xff00) >>> 1;
    }

    private static int decoded(int zigzag) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    private static int sizeOf(long bytes) {
        return (bytes & 0x80) == 0 ? 1 : 2;
    }

    private void nextByteByByte() {
        int length = readVarint();
        if (length < SMALLEST_RECORD_BYTES) {
            throw new MalformedBatchException("record of impossible length " + length);
        }
        long end = consumed() + length;
        readByte(); // Attributes: unused in every version so far.
        timestampDelta = readVarlong();
        offsetDelta = readVarint();
        int keyLength = readVarint();
        hasKey = keyLength >= 0;
        skipWithin(keyLength, end);
        skipWithin(readVarint(), end);
        skipHeaders(end);
        if (consumed() != end) {
            throw new MalformedBatchException(
                    "record of declared length %d takes %d bytes"
                            .formatted(length, consumed() - (end - length)));
        }
    }

    /// Whether the bytes end here.
    public boolean atEnd() {
        return position == limit && !refill();
    }

    /// Added to the batch's base timestamp gives the record's.
    public long timestampDelta() {
        return timestampDelta;
    }

    public int offsetDelta() {
        return offsetDelta;
    }

    public boolean hasKey() {
        return hasKey;
    }

    /// Lets go of the batch and gives the codec's buffers back.
    public void close() {
        plain = null;
        if (compressed == null) {
            return;
        }
        var stream = compressed;
        compressed = null;
        try {
            stream.close();
        } catch (IOException | RuntimeException e) { // All that was to be read has been.
            LOGGER.atDebug().setCause(e).log("codec did not close");
        }
    }

    private void skipHeaders(long end) {
        int count = readVarint();
        if (count < 0 || count > end - consumed()) {
            throw new MalformedBatchException("record with impossible header count " + count);
        }
        for (int i = 0; i < count; i++) {
            int keyLength = readVarint();
            if (keyLength < 0) {
                throw new MalformedBatchException("record header without a key");
            }
            skipWithin(keyLength, end);
            skipWithin(readVarint(), end);
        }
    }

    /// A length of -1 stands for null.
    private void skipWithin(int length, long end) {
        if (length < -1 || length > end - consumed()) {
            throw new MalformedBatchException("record field of impossible length " + length);
        }
        if (length > 0) {
            skip(length);
        }
    }

    private void skip(int count) {
        int left = count;
        while (left > limit - position) {
            left -= limit - position;
            position = limit;
            if (!refill()) {
                throw endsEarly();
            }
        }
        position += left;
    }

    private int readByte() {
        if (position == limit && !refill()) {
            throw endsEarly();
        }
        int at = position++;
        return plain != null ? plain.get(at) : window[at];
    }

    private int readVarint() {
        int first = readByte();
        if (first >= 0) {
            return (first >>> 1) ^ -(first & 1);
        }
        int value = first & 0x7f;
        for (int shift = 7; shift < 35; shift += 7) {
            int next = readByte();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedBatchException("number of more than five bytes");
    }

    private long readVarlong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = readByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedBatchException("number of more than ten bytes");
    }

    private long consumed() {
        return windowStart + position;
    }

    private boolean refill() {
        if (plain != null) {
            return false;
        }
        windowStart += limit;
        position = 0;
        limit = readCompressed();
        return limit > 0;
    }

    private int readCompressed() {
        try {
            return Math.max(0, compressed.read(window, 0, WINDOW_BYTES));
        } catch (IOException | RuntimeException e) {
            throw undecodable(e);
        }
    }

    /// Reads the bytes of the records as they are, for a batch that is to be compressed anew.
    /// Returns how many came, or -1 at the end.
    int readRaw(byte[] target) {
        return readRaw(target, 0);
    }

    /// The same, into `target` from index `from` on.
    int readRaw(byte[] target, int from) {
        if (atEnd()) {
            return -1;
        }
        int count = Math.min(target.length - from, limit - position);
        if (plain != null) {
            plain.get(position, target, from, count);
        } else {
            System.arraycopy(window, position, target, from, count);
        }
        position += count;
        return count;
    }

    private static MalformedBatchException endsEarly() {
        return new MalformedBatchException("batch ends within a record");
    }

    private static MalformedBatchException undecodable(Exception e) {
        return new MalformedBatchException("batch cannot be decompressed: " + e.getMessage());
    }
}
