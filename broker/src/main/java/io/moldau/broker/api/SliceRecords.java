package io.moldau.broker.api;

import io.moldau.log.segment.FileSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A log's slice as the records of an answer.
record SliceRecords(FileSlice slice) implements RecordPayload {
    @Override
    public FileChannel channel() {
        return slice.channel();
    }

    @Override
    public long position() {
        return slice.position();
    }

    @Override
    public int sizeInBytes() {
        return slice.length();
    }

    @Override
    public void readFully(ByteBuffer into) {
        slice.readFully(into);
    }

    @Override
    public void release() {
        slice.release();
    }
}
