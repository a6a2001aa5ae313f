package io.moldau.log.batch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The records of one batch in an array: where they are when they are plain, in memory of its own
/// when they are compressed. Belongs to one thread, and is used for one batch after the other.
public final class BatchPayload {
    private static final int FIRST_BYTES = 64 * 1024;

    /// A batch that needed more does not keep it for the next one.
    private static final int KEPT_BYTES_MAX = 8 << 20;

    private final RecordReader reader = new RecordReader();
    private byte[] own = new byte[FIRST_BYTES];
    private byte[] bytes;
    private int from;
    private int to;

    /// Makes the batch at index `at` of a heap buffer readable.
    ///
    /// @throws MalformedBatchException the codec does not recognise its own format
    public void open(ByteBuffer batch, int at, int sizeBytes) {
        if (BatchLayout.codec(batch, at) == 0) {
            bytes = batch.array();
            from = batch.arrayOffset() + at + BatchLayout.HEADER_BYTES;
            to = batch.arrayOffset() + at + sizeBytes;
            return;
        }
        if (own.length > KEPT_BYTES_MAX) {
            own = new byte[FIRST_BYTES];
        }
        inflate(batch, at, sizeBytes);
    }

    private void inflate(ByteBuffer batch, int at, int sizeBytes) {
        int length = 0;
        reader.open(batch, at, sizeBytes);
        try {
            for (int count = 0; count >= 0; count = reader.readRaw(own, length)) {
                length += count;
                if (length == own.length) {
                    own = Arrays.copyOf(own, Math.multiplyExact(own.length, 2));
                }
            }
        } finally {
            reader.close();
        }
        bytes = own;
        from = 0;
        to = length;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }
}
