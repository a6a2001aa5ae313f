package io.moldau.broker.replication.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.moldau.proto.replication.Accepted;
import io.moldau.proto.replication.LeaderFrame;
import io.moldau.proto.replication.LeaderHeader;
import io.moldau.proto.replication.Update;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final LeaderHeader HEADER =
            LeaderHeader.newBuilder()
                    .addUpdates(update(1, 5))
                    .addUpdates(
                            update(2, 0).toBuilder()
                                    .setAccepted(Accepted.newBuilder().setFromOffset(9)))
                    .addUpdates(update(3, 7))
                    .build();

    private static Update update(int handle, int bytes) {
        return Update.newBuilder()
                .setHandle(handle)
                .setRecordsBytes(bytes)
                .setHighWatermark(40)
                .build();
    }

    @Test
    void carriesNewsAndRecords() throws IOException {
        var frame = IncomingFrame.read(new ByteArrayInputStream(bytesOf(HEADER, "abcdeABCDEFG")));

        assertThat(frame.header()).isEqualTo(HEADER);
        assertThat(text(frame.records(0, 5))).isEqualTo("abcde");
        assertThat(text(frame.records(5, 7))).isEqualTo("ABCDEFG");
    }

    @Test
    void isTheContractsOwnMessage() throws IOException {
        var read = LeaderFrame.parseFrom(bytesOf(HEADER, "abcdeABCDEFG"));

        assertThat(read.getHeader()).isEqualTo(HEADER);
        assertThat(read.getRecords().toStringUtf8()).isEqualTo("abcdeABCDEFG");
    }

    @Test
    void carriesNewsAlone() throws IOException {
        var frame = IncomingFrame.read(new ByteArrayInputStream(bytesOf(HEADER, "")));

        assertThat(frame.header()).isEqualTo(HEADER);
        assertThat(frame.recordsBytes()).isZero();
    }

    @Test
    void anEmptyFrameSaysThatTheStreamStands() throws IOException {
        var frame = IncomingFrame.read(InputStream.nullInputStream());

        assertThat(frame.updates()).isEmpty();
    }

    @Test
    void handsOutRecordsWhereTheNetworkPutThem() throws IOException {
        var network = new Pieces(bytesOf(HEADER, "abcdeABCDEFG"), 1000);

        var frame = IncomingFrame.read(network);

        assertThat(network.contains(frame.records(5, 7))).isTrue();
    }

    @Test
    void joinsRecordsThatCameInPieces() throws IOException {
        var frame = IncomingFrame.read(new Pieces(bytesOf(HEADER, "abcdeABCDEFG"), 3));

        assertThat(text(frame.records(0, 5))).isEqualTo("abcde");
        assertThat(text(frame.records(5, 7))).isEqualTo("ABCDEFG");
    }

    @Test
    void keepsTheNetworksMemoryUntilItIsClosed() throws IOException {
        var network = new Pieces(bytesOf(HEADER, "abcdeABCDEFG"), 3);
        var frame = IncomingFrame.read(network);
        network.close();
        boolean keptBefore = !network.freed;

        frame.close();

        assertThat(keptBefore).isTrue();
        assertThat(network.freed).isTrue();
    }

    @Test
    void letsGoOfTheBufferThatWasSent() throws IOException {
        var records = Unpooled.buffer().writeBytes("abcde".getBytes(UTF_8));

        try (var stream = new OutgoingFrame(HEADER, records).toStream()) {
            stream.transferTo(java.io.OutputStream.nullOutputStream());
        }

        assertThat(records.refCnt()).isZero();
    }

    @Test
    void refusesWhatIsCut() {
        byte[] whole = bytesOf(HEADER, "abcdeABCDEFG");

        for (int length = 1; length < whole.length; length++) {
            var cut = new ByteArrayInputStream(Arrays.copyOf(whole, length));
            if (length != bytesOf(HEADER, "").length) {
                assertThatThrownBy(() -> IncomingFrame.read(cut)).isInstanceOf(IOException.class);
            }
        }
    }

    private static byte[] bytesOf(LeaderHeader header, String records) {
        ByteBuf buffer = Unpooled.buffer().writeBytes(records.getBytes(UTF_8));
        return new OutgoingFrame(header, buffer).toBytes();
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes).toString();
    }

    /// What gRPC gives: memory in pieces, which can be taken over.
    @SuppressWarnings("InputStreamSlowMultibyteRead") // Nobody waits for a test.
    private static final class Pieces extends InputStream implements HasByteBuffer, Detachable {
        private final ByteBuffer all;
        private final int pieceBytes;
        private int mark;
        private boolean detached;
        private boolean freed;

        Pieces(byte[] bytes, int pieceBytes) {
            this.all = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            this.pieceBytes = pieceBytes;
        }

        /// A change here is a change there.
        boolean contains(ByteBuffer part) {
            int at = all.limit() - part.remaining();
            all.put(at, (byte) '!');
            return part.get(0) == '!';
        }

        @Override
        public boolean byteBufferSupported() {
            return true;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            int end = Math.min(all.limit(), (all.position() / pieceBytes + 1) * pieceBytes);
            return all.slice(all.position(), end - all.position());
        }

        @Override
        public InputStream detach() {
            detached = true;
            return new InputStream() {
                @Override
                public int read() {
                    return -1;
                }

                @Override
                public void close() {
                    freed = true;
                }
            };
        }

        @Override
        public void close() {
            freed |= !detached;
        }

        @Override
        public int available() {
            return all.remaining();
        }

        @Override
        public long skip(long count) {
            all.position(all.position() + (int) count);
            return count;
        }

        @Override
        public boolean markSupported() {
            return true;
        }

        @Override
        public void mark(int limit) {
            mark = all.position();
        }

        @Override
        public void reset() {
            all.position(mark);
        }

        @Override
        public int read() {
            return all.hasRemaining() ? all.get() & 0xff : -1;
        }
    }
}
