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
///
/// Of records that lie in an array it also tells where their parts are, for those who copy them.
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

    private final BufferSupplier buffers = BufferSupplier.create();
    private ByteBuffer plain;
    private InputStream compressed;
    private byte[] window; // Once a compressed batch has come.
    private int position;
    private int limit;
    private long windowStart;

    private long timestampDelta;
    private int offsetDelta;
    private int recordAt;
    private int keyAt;
    private int keyLength;
    private boolean hasValue;

    /// Begins with the batch at index `at`. Its header must have been checked.
    ///
    /// @throws MalformedBatchException the codec does not recognise its own format
    public void open(ByteBuffer buffer, int at, int sizeBytes) {
        begin(0, 0);
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
        if (window == null) {
            window = new byte[WINDOW_BYTES];
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

    /// Begins with records that are not compressed, from index `from` up to `to` of an array.
    public void open(byte[] records, int from, int to) {
        begin(from, to);
        plain = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void begin(int from, int to) {
        close();
        position = from;
        limit = to;
        windowStart = 0;
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
        int lengthAt = fieldsAt + 1 + sizeOf(head);
        head >>>= Byte.SIZE * sizeOf(head);
        int offset = shortVarint(head);
        lengthAt += sizeOf(head);
        long rest = plain.getLong(lengthAt);
        int key = shortVarint(rest);
        int bytesAt = lengthAt + sizeOf(rest);
        int valueAt = bytesAt;
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
        recordAt = at;
        keyAt = bytesAt;
        keyLength = decoded(key);
        hasValue = value != NULL;
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
        recordAt = (int) consumed();
        int length = readVarint();
        if (length < SMALLEST_RECORD_BYTES) {
            throw new MalformedBatchException("record of impossible length " + length);
        }
        long end = consumed() + length;
        readByte(); // Attributes: unused in every version so far.
        timestampDelta = readVarlong();
        offsetDelta = readVarint();
        keyLength = readVarint();
        keyAt = (int) consumed();
        skipWithin(keyLength, end);
        int valueLength = readVarint();
        hasValue = valueLength >= 0;
        skipWithin(valueLength, end);
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
        return keyLength >= 0;
    }

    /// False for a tombstone.
    public boolean hasValue() {
        return hasValue;
    }

    /// Negative when the record has no key.
    public int keyLength() {
        return keyLength;
    }

    /// Where the key is in the array, as the places below.
    public int keyAt() {
        return keyAt;
    }

    /// Where the record begins, its length included.
    public int recordAt() {
        return recordAt;
    }

    public int recordEnd() {
        return (int) consumed();
    }

    /// Where the time stamp delta begins, one byte behind the record's length.
    public int timestampAt() {
        return recordAt + varintBytesAt(recordAt) + 1;
    }

    public int timestampEnd() {
        return timestampAt() + varintBytesAt(timestampAt());
    }

    private int varintBytesAt(int at) {
        int last = at;
        while (plain.get(last) < 0) {
            last++;
        }
        return last + 1 - at;
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
            int nameLength = readVarint();
            if (nameLength < 0) {
                throw new MalformedBatchException("record header without a key");
            }
            skipWithin(nameLength, end);
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
