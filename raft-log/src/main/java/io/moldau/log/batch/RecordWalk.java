package io.moldau.log.batch;

/// Walks the records of one batch that lie in an array, uncompressed, and tells where their parts
/// are.
///
/// [RecordReader] is for records that pass by; here they stay, so that keys can be looked at and
/// records copied. Belongs to one thread.
public final class RecordWalk {
    private byte[] bytes;
    private int end;
    private int position;

    private int recordAt;
    private int recordEnd;
    private int timestampAt;
    private int timestampEnd;
    private long timestampDelta;
    private int offsetDelta;
    private int keyAt;
    private int keyLength;
    private boolean hasValue;

    /// Begins with the record at index `from`; none goes beyond `to`.
    public void open(byte[] source, int from, int to) {
        bytes = source;
        position = from;
        end = to;
    }

    public boolean atEnd() {
        return position >= end;
    }

    /// Steps over one record, whose parts are then to be had below.
    ///
    /// @throws MalformedBatchException the bytes are no record
    public void next() {
        recordAt = position;
        int length = readVarint();
        recordEnd = position + length;
        if (length <= 0 || recordEnd < 0 || recordEnd > end) {
            throw new MalformedBatchException("record of impossible length " + length);
        }
        position++; // Attributes: unused in every version so far.
        timestampAt = position;
        timestampDelta = readVarlong();
        timestampEnd = position;
        offsetDelta = readVarint();
        keyLength = readVarint();
        keyAt = position;
        if (keyLength > recordEnd - position) {
            throw new MalformedBatchException("key of impossible length " + keyLength);
        }
        position += Math.max(0, keyLength);
        hasValue = readVarint() >= 0;
        if (position > recordEnd) {
            throw new MalformedBatchException("record ends within its fields");
        }
        position = recordEnd;
    }

    private int readVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
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

    private int readByte() {
        if (position >= end) {
            throw new MalformedBatchException("batch ends within a record");
        }
        return bytes[position++];
    }

    /// Where the record begins, its length field included.
    public int recordAt() {
        return recordAt;
    }

    public int recordEnd() {
        return recordEnd;
    }

    /// Where the time stamp delta begins, one byte behind the record's length.
    public int timestampAt() {
        return timestampAt;
    }

    public int timestampEnd() {
        return timestampEnd;
    }

    /// Added to the batch's base timestamp gives the record's.
    public long timestampDelta() {
        return timestampDelta;
    }

    public int offsetDelta() {
        return offsetDelta;
    }

    public int keyAt() {
        return keyAt;
    }

    /// Negative when the record has no key.
    public int keyLength() {
        return keyLength;
    }

    /// False for a tombstone.
    public boolean hasValue() {
        return hasValue;
    }
}
