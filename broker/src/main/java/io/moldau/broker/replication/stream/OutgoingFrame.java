package io.moldau.broker.replication.stream;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.moldau.proto.replication.LeaderFrame;
import io.moldau.proto.replication.LeaderHeader;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// A frame to be sent. Its records were read into one heap buffer by the thread that owns the
/// partitions.
///
/// @param records the updates' records one after the other
record OutgoingFrame(LeaderHeader header, ByteBuf records) implements RecordsFrame {
    @Override
    public int recordsBytes() {
        return records.readableBytes();
    }

    @Override
    public void close() {
        records.release();
    }

    /// The frame as gRPC takes it: its length is known, so that it goes into one buffer. Closing
    /// the stream closes the frame.
    InputStream toStream() {
        return new FrameStream(this);
    }

    /// ```
    /// tag of LeaderFrame.header  | length | header
    /// tag of LeaderFrame.records | length | records      (left out where there are none)
    /// ```
    private static final class FrameStream extends InputStream implements Drainable, KnownLength {
        private final OutgoingFrame frame;
        private final int sizeBytes;
        private boolean drained;
        private InputStream copy;

        FrameStream(OutgoingFrame frame) {
            this.frame = frame;
            int size =
                    fieldBytes(LeaderFrame.HEADER_FIELD_NUMBER, frame.header.getSerializedSize());
            if (frame.recordsBytes() > 0) {
                size += fieldBytes(LeaderFrame.RECORDS_FIELD_NUMBER, frame.recordsBytes());
            }
            this.sizeBytes = size;
        }

        private static int fieldBytes(int field, int length) {
            return CodedOutputStream.computeTagSize(field)
                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                    + length;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (drained) {
                return 0;
            }
            drained = true;
            var coded = CodedOutputStream.newInstance(target);
            coded.writeTag(LeaderFrame.HEADER_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            coded.writeUInt32NoTag(frame.header.getSerializedSize());
            frame.header.writeTo(coded);
            var records = frame.records;
            if (records.isReadable()) {
                coded.writeTag(
                        LeaderFrame.RECORDS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                coded.writeUInt32NoTag(records.readableBytes());
            }
            coded.flush();
            records.getBytes(records.readerIndex(), target, records.readableBytes());
            return sizeBytes;
        }

        @Override
        public int available() throws IOException {
            return drained ? (copy == null ? 0 : copy.available()) : sizeBytes;
        }

        @Override
        public int read() throws IOException {
            return copied().read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return copied().read(into, offset, length);
        }

        /// For whoever does not drain: the network does.
        private InputStream copied() throws IOException {
            if (copy == null) {
                var bytes = new ByteArrayOutputStream(sizeBytes);
                drainTo(bytes);
                copy = new ByteArrayInputStream(bytes.toByteArray());
            }
            return copy;
        }

        @Override
        public void close() {
            frame.close();
        }
    }

    /// The frame as bytes, for one that is read where it was made.
    byte[] toBytes() {
        try (var stream = toStream()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
