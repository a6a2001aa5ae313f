package io.moldau.broker.replication.stream;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.moldau.proto.replication.LeaderFrame;
import io.moldau.proto.replication.LeaderHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A frame that was received: the header is parsed, the records stay where the socket put them.
final class IncomingFrame implements RecordsFrame {
    private static final int HEADER_TAG =
            WireFormat.WIRETYPE_LENGTH_DELIMITED | LeaderFrame.HEADER_FIELD_NUMBER << 3;
    private static final int RECORDS_TAG =
            WireFormat.WIRETYPE_LENGTH_DELIMITED | LeaderFrame.RECORDS_FIELD_NUMBER << 3;

    /// What a thread joins records in that lie in more than one piece.
    private static final ThreadLocal<ByteBuffer> JOINED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(64 * 1024));

    private final LeaderHeader header;
    private final List<ByteBuffer> pieces;
    private final int recordsBytes;
    private final InputStream memory;

    private IncomingFrame(
            LeaderHeader header, List<ByteBuffer> pieces, int recordsBytes, InputStream memory) {
        this.header = header;
        this.pieces = pieces;
        this.recordsBytes = recordsBytes;
        this.memory = memory;
    }

    /// Reads a frame off the network, and keeps the network's memory where it can.
    ///
    /// @throws IOException it is not one
    static IncomingFrame read(InputStream in) throws IOException {
        var header = LeaderHeader.getDefaultInstance();
        int tag = in.read();
        if (tag == HEADER_TAG) {
            header = LeaderHeader.parseFrom(in.readNBytes(lengthFrom(in)));
            tag = in.read();
        }
        if (tag < 0) {
            return new IncomingFrame(header, List.of(), 0, InputStream.nullInputStream());
        }
        if (tag != RECORDS_TAG) {
            throw new IOException("a leader's frame has the unknown tag " + tag);
        }
        int length = lengthFrom(in);
        if (length != in.available()) {
            throw new IOException(
                    "a leader's frame tells of %d bytes of records and has %d"
                            .formatted(length, in.available()));
        }
        if (in instanceof HasByteBuffer source
                && in instanceof Detachable detachable
                && source.byteBufferSupported()
                && in.markSupported()) {
            var pieces = pieces(in, source, length);
            return new IncomingFrame(header, pieces, length, detachable.detach());
        }
        var copy = ByteBuffer.wrap(in.readAllBytes());
        return new IncomingFrame(header, List.of(copy), length, InputStream.nullInputStream());
    }

    private static int lengthFrom(InputStream in) throws IOException {
        int length = CodedInputStream.readRawVarint32(in.read(), in);
        if (length < 0 || length > in.available()) {
            throw new IOException("a field of a leader's frame has the length " + length);
        }
        return length;
    }

    /// The mark keeps what is passed over.
    private static List<ByteBuffer> pieces(InputStream in, HasByteBuffer source, int length)
            throws IOException {
        var pieces = new ArrayList<ByteBuffer>();
        in.mark(length);
        int left = length;
        while (left > 0) {
            var next = source.getByteBuffer();
            int count = Math.min(next.remaining(), left);
            pieces.add(next.slice(next.position(), count));
            in.skipNBytes(count);
            left -= count;
        }
        in.reset();
        return pieces;
    }

    @Override
    public LeaderHeader header() {
        return header;
    }

    @Override
    public int recordsBytes() {
        return recordsBytes;
    }

    /// A stretch of the records: where the network put it, or joined in memory of the calling
    /// thread. Good until the frame is closed, and until the same thread asks again.
    ByteBuffer records(int offset, int length) {
        if (length == 0) {
            return ByteBuffer.allocate(0);
        }
        int index = 0;
        int start = 0;
        while (offset >= start + pieces.get(index).remaining()) {
            start += pieces.get(index++).remaining();
        }
        var first = pieces.get(index);
        int at = offset - start;
        return at + length <= first.remaining()
                ? first.slice(at, length)
                : joined(index, at, length);
    }

    private ByteBuffer joined(int firstPiece, int firstAt, int length) {
        var into = JOINED.get();
        if (into.capacity() < length) {
            into = ByteBuffer.allocateDirect(Math.max(length, 2 * into.capacity()));
            JOINED.set(into);
        }
        into.clear();
        int at = firstAt;
        for (int i = firstPiece; into.position() < length; i++) {
            var piece = pieces.get(i);
            int count = Math.min(piece.remaining() - at, length - into.position());
            into.put(into.position(), piece, at, count);
            into.position(into.position() + count);
            at = 0;
        }
        return into.flip();
    }

    @Override
    public void close() {
        try {
            memory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
