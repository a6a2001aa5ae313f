package io.moldau.broker.partition;

import io.moldau.log.segment.FileSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A small slice whose bytes were read at once, so that it keeps no file open.
///
/// @param bytes never written again
record CopiedSlice(ByteBuffer bytes) implements FileSlice {
    /// Answers copy records of fewer bytes anyway, and never ask for the file of these.
    static final int BYTES_MAX = 16 * 1024;

    /// Reads `slice` and takes over the caller's reference to it.
    static FileSlice of(FileSlice slice) {
        try {
            var bytes = ByteBuffer.allocate(slice.length());
            slice.readFully(bytes);
            return new CopiedSlice(bytes.flip());
        } finally {
            slice.release();
        }
    }

    @Override
    public FileChannel channel() {
        throw new UnsupportedOperationException("copied, and the file let go of");
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public int length() {
        return bytes.remaining();
    }

    @Override
    public void readFully(ByteBuffer into) {
        int length = Math.min(into.remaining(), bytes.remaining());
        into.put(into.position(), bytes, bytes.position(), length);
        into.position(into.position() + length);
    }

    @Override
    public void retain() {
        // Nothing is held.
    }

    @Override
    public void release() {
        // Nothing is held.
    }
}
