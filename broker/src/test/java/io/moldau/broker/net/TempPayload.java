package io.moldau.broker.net;

import io.moldau.broker.api.RecordPayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/// A stretch of a file that counts how often it was released.
final class TempPayload implements RecordPayload {
    private final FileChannel channel;
    private final long position;
    private final int sizeBytes;
    final AtomicInteger releases = new AtomicInteger();

    private TempPayload(FileChannel channel, long position, int sizeBytes) {
        this.channel = channel;
        this.position = position;
        this.sizeBytes = sizeBytes;
    }

    /// Payloads over one file of `sizeBytes` bytes, of which the n-th is `(byte) (n * 31)`.
    static FileChannel file(Path directory, int sizeBytes) {
        try {
            var channel =
                    FileChannel.open(
                            directory.resolve("records"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            channel.write(ByteBuffer.wrap(content(0, sizeBytes)), 0);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] content(int position, int sizeBytes) {
        var bytes = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            bytes[i] = (byte) ((position + i) * 31);
        }
        return bytes;
    }

    static TempPayload of(FileChannel file, int position, int sizeBytes) {
        return new TempPayload(file, position, sizeBytes);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int sizeInBytes() {
        return sizeBytes;
    }

    @Override
    public void readFully(ByteBuffer into) {
        try {
            channel.read(into, position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release() {
        releases.incrementAndGet();
    }
}
