package io.moldau.log.clean;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Reads a segment's batches one after the other, whole and with their checksums looked at: what is
/// written anew gets a new checksum, and damage must not get one, too.
///
/// One piece of memory serves all segments; it grows for a batch that is larger and shrinks again.
/// Belongs to one thread.
final class BatchStream {
    private final int bufferBytes;
    private final Pace pace;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer;
    private CleanSource source;
    private long readTo;
    private int at;
    private int size;
    private long bytesRead;
    private long nextOffset;

    BatchStream(int bufferBytes, Pace pace) {
        this.bufferBytes = Math.max(4096, bufferBytes);
        this.pace = pace;
        this.buffer = ByteBuffer.allocate(this.bufferBytes);
    }

    /// Begins with the segment's batch at `position`.
    void open(CleanSource from, long position) {
        source = from;
        readTo = position;
        at = 0;
        size = 0;
        nextOffset = from.baseOffset();
        buffer.clear().limit(0);
    }

    /// Steps to the next batch; false at the segment's end.
    ///
    /// @throws DamagedLogException what is damaged, and where
    /// @throws java.io.UncheckedIOException the disk refused
    boolean next() {
        if (size > 0) {
            nextOffset = BatchLayout.lastOffset(buffer, at) + 1;
        }
        at += size;
        size = 0;
        if (buffer.limit() - at < BatchLayout.HEADER_BYTES) {
            fill(BatchLayout.HEADER_BYTES);
            if (buffer.limit() == 0) {
                return false;
            }
        }
        long bytes =
                buffer.limit() - at < BatchLayout.HEADER_BYTES
                        ? -1
                        : BatchLayout.sizeBytes(buffer, at);
        if (bytes < BatchLayout.HEADER_BYTES || bytes > buffer.limit() - at + unread()) {
            throw damaged("no whole batch");
        }
        if (buffer.limit() - at < bytes) {
            fill((int) bytes);
        }
        size = (int) bytes;
        if (buffer.limit() - at < size) {
            throw damaged("the file ends within a batch");
        }
        if (BatchLayout.magic(buffer, at) != BatchLayout.MAGIC) {
            throw damaged("message format v" + BatchLayout.magic(buffer, at));
        }
        checkCrc();
        return true;
    }

    private long unread() {
        return source.sizeBytes() - readTo;
    }

    private void checkCrc() {
        int from = at + BatchLayout.PREFIX_BYTES + 9; // Behind leader epoch, magic and the CRC.
        crc.reset();
        crc.update(buffer.array(), from, size - (from - at));
        if ((int) crc.getValue() != BatchLayout.crc(buffer, at)) {
            throw damaged("wrong CRC");
        }
    }

    DamagedLogException damaged(String what) {
        return new DamagedLogException(
                new LogDamage(source.file().path(), position(), nextOffset, -1, what));
    }

    /// Moves what is left to the front and reads on.
    private void fill(int wanted) {
        int left = buffer.limit() - at;
        int capacity = Math.max(bufferBytes, wanted);
        if (buffer.capacity() == capacity) {
            buffer.position(at).compact();
        } else {
            buffer = ByteBuffer.allocate(capacity).put(buffer.slice(at, left));
        }
        at = 0;
        buffer.limit((int) Math.min(capacity, left + unread()));
        int count = buffer.hasRemaining() ? source.file().read(buffer, readTo) : 0;
        buffer.flip();
        readTo += count;
        bytesRead += count;
        pace.spend(count);
    }

    /// Where the batch begins in the file.
    long position() {
        return readTo - buffer.limit() + at;
    }

    /// The buffer that holds the batch, at index [#at()], until the next step.
    ByteBuffer buffer() {
        return buffer;
    }

    int at() {
        return at;
    }

    int size() {
        return size;
    }

    long bytesRead() {
        return bytesRead;
    }
}
