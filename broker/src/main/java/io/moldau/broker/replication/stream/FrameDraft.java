package io.moldau.broker.replication.stream;

import io.moldau.log.WholeBatches;
import io.moldau.proto.replication.LeaderHeader;
import io.moldau.proto.replication.Update;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A frame that is being put together on one shard.
public final class FrameDraft {
    private static final int UPDATES_MAX = 2_000;

    private final LeaderHeader.Builder header = LeaderHeader.newBuilder();
    private final int bytesMax;
    private ByteBuf records = Unpooled.EMPTY_BUFFER;

    FrameDraft(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Bytes of records that still fit; a first batch is taken even if it is larger.
    public int room() {
        return bytesMax - records.readableBytes();
    }

    boolean isEmpty() {
        return header.getUpdatesCount() == 0;
    }

    boolean isFull() {
        return room() <= 0 || header.getUpdatesCount() >= UPDATES_MAX;
    }

    /// Adds news without records.
    public void add(Update.Builder update) {
        header.addUpdates(update);
    }

    /// Adds news with records, which are read here and now, with as few calls as the disk needs.
    /// Takes over the caller's reference to the slice.
    ///
    /// @param check is shown what was read, and throws what is to be thrown
    /// @throws UncheckedIOException the disk refused; nothing was added
    public void add(Update.Builder update, WholeBatches batches, Consumer<ByteBuffer> check) {
        var slice = batches.slice();
        int length = slice.length();
        makeRoomFor(length);
        int start = records.writerIndex();
        boolean added = false;
        try {
            long position = slice.position();
            while (records.writerIndex() - start < length) {
                int left = length - (records.writerIndex() - start);
                int count = records.writeBytes(slice.channel(), position, left);
                if (count <= 0) {
                    throw new EOFException("a segment ends before its records do");
                }
                position += count;
            }
            check.accept(records.nioBuffer(start, length));
            header.addUpdates(update.setRecordsBytes(length));
            added = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (!added) {
                records.writerIndex(start);
            }
            slice.release();
        }
    }

    private void makeRoomFor(int length) {
        if (records.capacity() == 0) {
            records = PooledByteBufAllocator.DEFAULT.heapBuffer(length);
        }
    }

    OutgoingFrame finish() {
        return new OutgoingFrame(header.build(), records);
    }

    /// Gives the memory back; for a draft that is not finished.
    void drop() {
        records.release();
    }
}
