package io.moldau.log.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/// The changes that a broker makes to a checked batch before it enters the log.
public final class BatchEditor {
    private static final int COPY_BYTES = 16 * 1024;

    private BatchEditor() {}

    /// Sets the header's time: the broker's for all records, or the producer's own maximum should
    /// the header have been wrong about it.
    public static void stampTime(ByteBuffer batch, long maxTimestampMs, boolean appendTime) {
        int at = batch.position();
        if (BatchLayout.maxTimestamp(batch, at) == maxTimestampMs
                && BatchLayout.hasAppendTime(batch, at) == appendTime) {
            return;
        }
        BatchLayout.putMaxTimestamp(batch, at, maxTimestampMs, appendTime);
        BatchLayout.sealChecksum(batch, at, batch.remaining());
    }

    /// The same records under another codec, in a buffer of their own. The header stays, but for
    /// codec, length and checksum.
    public static ByteBuffer recompressed(ByteBuffer batch, Compression codec) {
        int at = batch.position();
        var out = new ByteBufferOutputStream(Math.max(512, batch.remaining()));
        out.write(batch.slice(at, BatchLayout.HEADER_BYTES));
        var reader = new RecordReader();
        reader.open(batch, at, batch.remaining());
        try (var sink = codec.wrapForOutput(out, BatchLayout.MAGIC)) {
            byte[] chunk = new byte[COPY_BYTES];
            for (int count = reader.readRaw(chunk); count > 0; count = reader.readRaw(chunk)) {
                sink.write(chunk, 0, count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail; a codec might.
        } finally {
            reader.close();
        }
        var result = out.buffer();
        result.flip();
        BatchLayout.putCodec(result, 0, codec.type().id);
        BatchLayout.putSizeBytes(result, 0, result.remaining());
        BatchLayout.sealChecksum(result, 0, result.remaining());
        return result;
    }
}
