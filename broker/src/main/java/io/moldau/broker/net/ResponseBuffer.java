package io.moldau.broker.net;

import io.moldau.broker.api.RecordPayload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Takes an answer from its generated `write`. Small records go into the buffer with everything
/// else; large ones stay where they are, and the buffer is cut around them.
///
/// ```
/// buffer    |length|header|topic…partition…|topic…partition…|…|
/// cuts                                      ^1               ^2
/// on the wire      buffer up to 1, payload 1, buffer up to 2, payload 2, the rest
/// ```
final class ResponseBuffer implements Writable {
    /// Records of fewer bytes are copied. A `sendfile` of its own costs two system calls and a
    /// write of what stands before it; copying this much costs less than either.
    static final int OUT_OF_LINE_BYTES_MIN = 32 * 1024;

    private final ByteBuf out;
    private final List<Cut> cuts = new ArrayList<>(0);
    private final List<RecordPayload> copied = new ArrayList<>(0);
    private int bytesOutOfLine;

    private record Cut(int at, BaseRecords records) {}

    ResponseBuffer(ByteBuf out) {
        this.out = out;
    }

    /// Bytes written so far, wherever they are.
    int sizeBytes() {
        return out.readableBytes() + bytesOutOfLine;
    }

    /// What to hand to the channel, in order; from here on the channel owns it all. Called once,
    /// after everything was written.
    List<Object> parts() {
        var parts = cuts.isEmpty() ? List.<Object>of(out) : cutParts();
        copied.forEach(RecordPayload::release);
        return parts;
    }

    private List<Object> cutParts() {
        List<Object> parts = new ArrayList<>(2 * cuts.size() + 1);
        for (var cut : cuts) {
            if (cut.at() > out.readerIndex()) {
                parts.add(out.readRetainedSlice(cut.at() - out.readerIndex()));
            }
            parts.add(asPart(cut.records()));
        }
        if (out.isReadable()) {
            parts.add(out);
        } else {
            out.release();
        }
        return parts;
    }

    private static Object asPart(BaseRecords records) {
        return switch (records) {
            case RecordPayload payload -> new PayloadRegion(payload);
            case MemoryRecords memory -> Unpooled.wrappedBuffer(memory.buffer());
            default -> throw new IllegalStateException("cannot send " + records.getClass());
        };
    }

    @Override
    public void writeRecords(BaseRecords records) {
        int size = records.sizeInBytes();
        switch (records) {
            case RecordPayload payload when size < OUT_OF_LINE_BYTES_MIN -> copy(payload, size);
            case MemoryRecords memory when size < OUT_OF_LINE_BYTES_MIN ->
                    out.writeBytes(memory.buffer());
            case RecordPayload _, MemoryRecords _ -> {
                cuts.add(new Cut(out.writerIndex(), records));
                bytesOutOfLine += size;
            }
            default -> throw new IllegalArgumentException("cannot send " + records.getClass());
        }
    }

    private void copy(RecordPayload payload, int size) {
        out.ensureWritable(size);
        var room = out.nioBuffer(out.writerIndex(), size);
        payload.readFully(room);
        if (room.hasRemaining()) {
            throw new IllegalStateException(
                    "records of " + size + " bytes ended " + room.remaining() + " bytes early");
        }
        out.writerIndex(out.writerIndex() + size);
        copied.add(payload);
    }

    @Override
    public void writeByte(byte value) {
        out.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        out.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        out.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        out.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] value) {
        out.writeBytes(value);
    }

    @Override
    public void writeByteBuffer(ByteBuffer value) {
        out.writeBytes(value.duplicate());
    }

    /// Seven bits a byte, lowest first; the high bit says that more follow.
    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            out.writeByte(((int) rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }
}
