package io.moldau.broker.partition;

import io.moldau.log.segment.FileSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The beginning of a slice, where an answer has no room for all of it.
record ShortenedSlice(FileSlice whole, int length) implements FileSlice {
    @Override
    public FileChannel channel() {
        return whole.channel();
    }

    @Override
    public long position() {
        return whole.position();
    }

    @Override
    public void readFully(ByteBuffer into) {
        int limit = into.limit();
        into.limit(Math.min(limit, into.position() + length));
        whole.readFully(into);
        into.limit(limit);
    }

    @Override
    public void retain() {
        whole.retain();
    }

    @Override
    public void release() {
        whole.release();
    }
}
