package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class FrameReaderPropertyTest {
    private static final int FRAME_BYTES_MAX = 200_000;
    private static final long BUDGET_BYTES = 250_000;
    private static final PooledByteBufAllocator POOL = Frames.pool();

    /// Frames of all sizes around those at which the reader changes its ways.
    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.integers().between(400, 4_000),
                        Arbitraries.integers().between(30_000, FRAME_BYTES_MAX))
                .list()
                .ofMinSize(1)
                .ofMaxSize(25);
    }

    /// However the network cuts the stream, and however often the gate shuts, the same frames come
    /// out, and nothing is held afterwards.
    @Property(tries = 200)
    void findsTheSameFramesInAnySplit(@ForAll("sizes") List<Integer> sizes, @ForAll long seed) {
        var random = new Random(seed);
        var frames = new ArrayList<byte[]>();
        for (int size : sizes) {
            var frame = new byte[size];
            random.nextBytes(frame);
            frames.add(frame);
        }
        var socket = new ToySocket(random);

        for (var segment : segments(frames, random)) {
            socket.arrive(segment);
        }
        socket.openTheGate();

        assertThat(socket.received).hasSameSizeAs(frames);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(Arrays.equals(socket.received.get(i), frames.get(i))).isTrue();
        }
        socket.close();
    }

    /// Wherever a connection ends, everything it held is given back.
    @Property(tries = 200)
    void holdsNothingOnceClosed(
            @ForAll("sizes") List<Integer> sizes, @ForAll long seed, @ForAll double where) {
        var random = new Random(seed);
        var frames = sizes.stream().map(byte[]::new).toList();
        var segments = segments(frames, random);
        var socket = new ToySocket(random);

        int until = (int) (segments.size() * Math.abs(where % 1));
        segments.subList(0, until).forEach(socket::arrive);

        socket.close();
    }

    private static List<byte[]> segments(List<byte[]> frames, Random random) {
        int total = frames.stream().mapToInt(frame -> frame.length + Integer.BYTES).sum();
        var stream = ByteBuffer.allocate(total);
        frames.forEach(frame -> stream.putInt(frame.length).put(frame));
        stream.flip();
        var segments = new ArrayList<byte[]>();
        // Down to single bytes, but for long streams: a thousand cuts are enough.
        int largest = Math.max(1 << random.nextInt(0, 17), total / 500);
        while (stream.hasRemaining()) {
            var segment = new byte[Math.min(random.nextInt(1, largest + 1), stream.remaining())];
            stream.get(segment);
            segments.add(segment);
        }
        return segments;
    }

    /// Reads as a channel does: asks for a buffer, fills it as far as bytes are there, hands it on.
    private static final class ToySocket implements FrameReader.Receiver {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
        private final ReadGate gate;
        private final FrameReader reader;
        private final DefaultMaxMessagesRecvByteBufAllocator.MaxMessageHandle handle;
        private final Random random;
        private final ChannelHandlerContext context;
        final List<byte[]> received = new ArrayList<>();

        ToySocket(Random random) {
            this.random = random;
            channel.config().setAllocator(POOL);
            channel.pipeline().addLast("reader", new ChannelInboundHandlerAdapter());
            context = channel.pipeline().context("reader");
            gate = new ReadGate(channel.config());
            reader = new FrameReader(this, gate, budget, FRAME_BYTES_MAX);
            handle = reader.allocator().newHandle();
        }

        void arrive(byte[] segment) {
            int position = 0;
            while (position < segment.length) {
                if (!gate.isOpen()) {
                    openTheGate();
                }
                handle.reset(channel.config());
                var buffer = handle.allocate(POOL);
                int count = Math.min(buffer.writableBytes(), segment.length - position);
                handle.attemptedBytesRead(buffer.writableBytes());
                buffer.writeBytes(segment, position, count);
                handle.lastBytesRead(count);
                position += count;
                reader.onBytes(context, buffer);
                channel.runPendingTasks();
            }
        }

        /// Every frame is let go of at once, so memory is never what keeps the gate shut.
        void openTheGate() {
            while (!gate.isOpen()) {
                channel.runPendingTasks();
                if (gate.open(ReadGate.REQUESTS_PILE_UP)) {
                    reader.resume(context);
                }
            }
            assertThat(channel.config().isAutoRead()).isTrue();
        }

        @Override
        public void onFrame(ByteBuf frame) {
            received.add(ByteBufUtil.getBytes(frame));
            int bytes = frame.capacity();
            frame.release();
            budget.giveBack(bytes);
            if (random.nextInt(3) == 0) {
                gate.close(ReadGate.REQUESTS_PILE_UP);
            }
        }

        @Override
        public void onBadFrame(String reason) {
            throw new AssertionError(reason);
        }

        void close() {
            reader.close();
            channel.close().syncUninterruptibly();
            assertThat(budget.usedBytes()).isZero();
            assertThat(POOL.pinnedDirectMemory()).isZero();
        }
    }
}
