package io.moldau.log.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/// Writes a batch anew with some of its records, or with none.
///
/// Base offset, last offset, leader epoch, producer, sequence, flags and codec stay; so do the
/// records' own bytes, unless the base timestamp they count from changes. Belongs to one thread.
///
/// [#begin], [#add] for each record that stays, [#finish].
public final class BatchRewriter {
    private static final int FIRST_BYTES = 64 * 1024;
    private static final int VARLONG_BYTES_MAX = 10;
    private static final CompressionType[] CODECS = CompressionType.values();

    private byte[] records = new byte[FIRST_BYTES];
    private final ByteBufferOutputStream compressed = new ByteBufferOutputStream(FIRST_BYTES);
    private int length;
    private int count;
    private long shiftMs;
    private long maxDelta;

    /// @param shift added to each record's time stamp delta
    public void begin(long shift) {
        length = 0;
        count = 0;
        shiftMs = shift;
        maxDelta = Long.MIN_VALUE;
    }

    /// Keeps the record of which `reader` has just told, where it lies in `bytes`.
    public void add(byte[] bytes, RecordReader reader) {
        maxDelta = Math.max(maxDelta, reader.timestampDelta());
        count++;
        if (shiftMs == 0) {
            int size = reader.recordEnd() - reader.recordAt();
            ensure(size);
            System.arraycopy(bytes, reader.recordAt(), records, length, size);
            length += size;
            return;
        }
        int rest = reader.recordEnd() - reader.timestampEnd();
        long delta = reader.timestampDelta() + shiftMs;
        ensure(rest + 3 * VARLONG_BYTES_MAX);
        putVarlong(1 + varlongBytes(delta) + rest);
        records[length++] = bytes[reader.timestampAt() - 1];
        putVarlong(delta);
        System.arraycopy(bytes, reader.timestampEnd(), records, length, rest);
        length += rest;
    }

    private void ensure(int more) {
        if (more > records.length - length) {
            int size = Math.max(Math.addExact(length, more), records.length + records.length / 2);
            records = Arrays.copyOf(records, size);
        }
    }

    private static int varlongBytes(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return (63 - Long.numberOfLeadingZeros(zigzag | 1)) / 7 + 1;
    }

    private void putVarlong(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7fL) != 0) {
            records[length++] = (byte) ((zigzag & 0x7f) | 0x80);
            zigzag >>>= 7;
        }
        records[length++] = (byte) zigzag;
    }

    /// The batch at index `at` with the records that were kept. Good until the next [#begin].
    ///
    /// @param horizonMs from when on its tombstones may go, if that is to be stamped now; negative
    ///   otherwise
    public ByteBuffer finish(ByteBuffer original, int at, long horizonMs) {
        var batch = count == 0 ? emptied(original, at) : filled(original, at);
        if (horizonMs >= 0) {
            BatchLayout.putDeleteHorizon(batch, 0, horizonMs);
        }
        BatchLayout.sealChecksum(batch, 0, batch.remaining());
        return batch;
    }

    private ByteBuffer filled(ByteBuffer original, int at) {
        compressed.position(0);
        compressed.write(original.slice(at, BatchLayout.HEADER_BYTES));
        var codec = Compression.of(CODECS[BatchLayout.codec(original, at)]).build();
        try (var sink = codec.wrapForOutput(compressed, BatchLayout.MAGIC)) {
            sink.write(records, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail; a codec might.
        }
        var batch = compressed.buffer().duplicate().flip();
        BatchLayout.putSizeBytes(batch, 0, batch.remaining());
        BatchLayout.putRecordCount(batch, 0, count);
        if (!BatchLayout.hasAppendTime(batch, 0)) {
            long base = BatchLayout.baseTimestamp(original, at);
            BatchLayout.putMaxTimestamp(batch, 0, base + maxDelta);
        }
        return batch;
    }

    /// The header alone: it holds the place of the last sequence, or of the last offset.
    private static ByteBuffer emptied(ByteBuffer original, int at) {
        var batch = ByteBuffer.allocate(BatchLayout.HEADER_BYTES);
        batch.put(0, original, at, BatchLayout.HEADER_BYTES);
        BatchLayout.putCodec(batch, 0, 0);
        BatchLayout.putSizeBytes(batch, 0, BatchLayout.HEADER_BYTES);
        BatchLayout.putRecordCount(batch, 0, 0);
        return batch;
    }
}
