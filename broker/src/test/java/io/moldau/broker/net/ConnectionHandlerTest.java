package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.api.RequestRouter;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionHandlerTest {
    private static final long BUDGET_BYTES = 1_000;

    private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ConnectionHandler handler =
            new ConnectionHandler(
                    "TEST",
                    channel,
                    new RequestDecoder(new RequestRouter(List.of(Toy.prompt(ApiKeys.METADATA)))),
                    budget,
                    NetConfig.of(List.of()));

    @AfterEach
    void releaseAnswers() {
        channel.releaseOutbound();
    }

    private void connect() {
        channel.pipeline().addLast(handler);
        handler.channelActive(channel.pipeline().firstContext());
    }

    @Test
    void isClosedWhenItsHalfFrameStandsStill() {
        // given
        connect();
        channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOf(Frames.metadata(1), 10)));
        long heldBefore = budget.usedBytes();

        // when
        handler.closeIfStalled(0);

        // then
        assertThat(heldBefore).isPositive();
        assertThat(channel.isActive()).isFalse();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void isLeftAloneBetweenFrames() {
        // given
        connect();
        channel.writeInbound(Unpooled.wrappedBuffer(Frames.metadata(1)));

        // when
        handler.closeIfStalled(0);

        // then
        assertThat(channel.isActive()).isTrue();
    }

    /// It is the others' memory that it lacks.
    @Test
    void isLeftAloneWhileItWaitsForMemoryItself() {
        // given
        budget.tryTake(BUDGET_BYTES);
        connect();
        channel.writeInbound(Unpooled.wrappedBuffer(Frames.metadata(1)));

        // when
        handler.closeIfStalled(0);
        boolean readWhileWaiting = channel.config().isAutoRead();
        budget.giveBack(BUDGET_BYTES);
        channel.runPendingTasks();

        // then
        assertThat(readWhileWaiting).isFalse();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(channel.outboundMessages()).isNotEmpty();
    }
}
