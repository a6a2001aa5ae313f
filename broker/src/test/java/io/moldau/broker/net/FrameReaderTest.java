package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FrameReaderTest implements FrameReader.Receiver {
    private static final int MIB = 1 << 20;
    private static final PooledByteBufAllocator POOL = Frames.pool();

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final MemoryBudget budget = new MemoryBudget(16 * MIB);
    private final FrameReader reader =
            new FrameReader(this, new ReadGate(channel.config()), budget, 8 * MIB);
    private final ChannelHandlerContext context = context();
    private final List<Integer> frames = new ArrayList<>();

    private ChannelHandlerContext context() {
        channel.config().setAllocator(POOL);
        channel.pipeline().addLast("reader", new ChannelInboundHandlerAdapter());
        return channel.pipeline().context("reader");
    }

    @Override
    public void onFrame(ByteBuf frame) {
        frames.add(frame.readableBytes());
        budget.giveBack(frame.capacity());
        frame.release();
    }

    @Override
    public void onBadFrame(String reason) {
        throw new AssertionError(reason);
    }

    @AfterEach
    void holdsNothingOnceClosed() {
        reader.close();
        channel.close().syncUninterruptibly();
        assertThat(budget.usedBytes()).isZero();
        assertThat(POOL.pinnedDirectMemory()).isZero();
    }

    private void promise(int bytes) {
        reader.onBytes(context, Unpooled.buffer(Integer.BYTES + 1).writeInt(bytes).writeByte(0));
    }

    /// As the socket does: into the buffer that it is lent.
    private void read(int bytes) {
        int left = bytes;
        while (left > 0) {
            var buffer = reader.allocator().newHandle().allocate(POOL);
            int count = Math.min(left, buffer.writableBytes());
            reader.onBytes(context, buffer.writeZero(count));
            left -= count;
        }
    }

    @Test
    void takesLittleOnALengthAlone() {
        // when
        promise(3 * MIB);

        // then
        assertThat(budget.usedBytes()).isEqualTo(FrameReader.UNPROVEN_BYTES);
    }

    @Test
    void neverHoldsMoreThanTwiceOfWhatHasCome() {
        // given
        promise(3 * MIB);

        // when
        read(300_000);

        // then
        assertThat(budget.usedBytes()).isBetween(300_000L, 600_000L);
        assertThat(POOL.pinnedDirectMemory()).isBetween(300_000L, 600_000L);
    }

    @Test
    void givesAProvenConnectionTheWholeFrameAtOnce() {
        // given
        promise(MIB);
        read(MIB - 1);

        // when
        promise(MIB + 100_000);
        var lent = reader.allocator().newHandle().allocate(POOL);
        int room = lent.writableBytes();
        lent.release();

        // then
        assertThat(frames).containsExactly(MIB);
        assertThat(room).isEqualTo(MIB + 100_000 - 1);
    }
}
