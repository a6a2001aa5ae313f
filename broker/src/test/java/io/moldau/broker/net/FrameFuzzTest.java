package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.api.ApiVersionsHandler;
import io.moldau.broker.api.BrokerFeatures;
import io.moldau.broker.api.RequestHandler;
import io.moldau.broker.api.RequestRouter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Throws broken frames at a connection. It may answer, wait for more or close; it may not throw,
/// keep memory or grow.
///
/// `-Dfuzz.inputs=1000000` runs as many, `-Dfuzz.seed=…` repeats a run; the seed of a failed run is
/// in its message.
final class FrameFuzzTest {
    private static final int INPUTS = Integer.getInteger("fuzz.inputs", 20_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    /// Whatever is thrown, a few chunks of the pool are enough for it.
    private static final long POOL_BYTES_MAX = 8 * 1024 * 1024;

    private final Random random = new Random(SEED);
    private final RandomMessages requests = new RandomMessages(random);
    private final PooledByteBufAllocator allocator = Frames.pool();
    private final MemoryBudget budget = new MemoryBudget(4 * 1024 * 1024);
    private final Deque<Runnable> shard = new ArrayDeque<>();
    private final RequestDecoder decoder = new RequestDecoder(router());
    private final NetConfig config =
            NetConfig.of(List.of()).withRequestBytesMax(1024 * 1024).withIdleMsMax(-1);

    private int answers;
    private int closes;

    @Test
    void survivesBrokenFrames() {
        long startNanos = System.nanoTime();
        EmbeddedChannel channel = null;
        for (int i = 0; i < INPUTS; i++) {
            if (channel == null || !channel.isActive() || random.nextInt(50) == 0) {
                finish(channel, i);
                channel = connect();
            }
            feed(channel, input());
            channel.checkException();
        }
        finish(channel, INPUTS);

        double seconds = (System.nanoTime() - startNanos) / 1e9;
        System.out.printf(
                "frame fuzzing: %d inputs, %.0f per second, %d answers, %d connections closed%n",
                INPUTS, INPUTS / seconds, answers, closes);
        assertThat(answers).isPositive();
        assertThat(closes).isPositive();
    }

    /// Every key has a handler, which answers at once or later, keeps the frame or not, or fails.
    private RequestRouter router() {
        var handlers = new ArrayList<RequestHandler<?, ?>>();
        for (var key : ApiKeys.values()) {
            if (key.hasValidVersion() && key != ApiKeys.API_VERSIONS) {
                handlers.add(new Toy<>(key, (_, _) -> answer(key)));
            }
        }
        handlers.add(
                new ApiVersionsHandler(List.copyOf(handlers), BrokerFeatures::none, () -> "c", 1));
        return new RequestRouter(handlers);
    }

    private CompletableFuture<ApiMessage> answer(ApiKeys key) {
        var future = new CompletableFuture<ApiMessage>();
        Runnable done =
                random.nextInt(20) == 0
                        ? () ->
                                future.completeExceptionally(
                                        Errors.NOT_LEADER_OR_FOLLOWER.exception())
                        : () -> future.complete(key.messageType.newResponse());
        if (random.nextInt(4) == 0) {
            shard.add(done);
        } else {
            done.run();
        }
        return future;
    }

    private EmbeddedChannel connect() {
        var channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        var handler = new ConnectionHandler("FUZZ", channel, decoder, budget, config);
        channel.pipeline().addLast(handler);
        handler.channelActive(channel.pipeline().firstContext());
        return channel;
    }

    private byte[] input() {
        var frame = requests.nextRequest();
        return switch (random.nextInt(10)) {
            case 0 -> Frames.withLength(frame);
            case 1, 2, 3 -> Frames.withLength(flipped(frame));
            case 4 -> Frames.withLength(Arrays.copyOf(frame, random.nextInt(frame.length + 1)));
            case 5 -> Frames.withLength(withLie(frame));
            case 6 -> mislabelled(frame);
            case 7 -> Arrays.copyOf(Frames.withLength(frame), random.nextInt(frame.length + 4));
            case 8 -> Frames.withLength(noise(random.nextInt(1, 300)));
            default -> noise(random.nextInt(1, 300));
        };
    }

    private byte[] flipped(byte[] frame) {
        int flips = random.nextInt(1, 6);
        for (int i = 0; i < flips; i++) {
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return frame;
    }

    /// Somewhere in the frame stands a count or a length that promises the world.
    private byte[] withLie(byte[] frame) {
        int[] lies = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1_000_001, 0x00ffffff, 10_001};
        if (frame.length > 14) {
            int where = random.nextInt(10, frame.length - 3);
            ByteBuffer.wrap(frame).putInt(where, lies[random.nextInt(lies.length)]);
        }
        return frame;
    }

    private byte[] mislabelled(byte[] frame) {
        var whole = Frames.withLength(frame);
        int[] lengths = {-1, 0, Integer.MAX_VALUE, frame.length - 1, frame.length + 1};
        ByteBuffer.wrap(whole).putInt(0, lengths[random.nextInt(lengths.length)]);
        return whole;
    }

    private byte[] noise(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void feed(EmbeddedChannel channel, byte[] bytes) {
        int position = 0;
        while (position < bytes.length && channel.isActive()) {
            int count = Math.min(random.nextInt(1, 1_000), bytes.length - position);
            var buffer = allocator.directBuffer(count).writeBytes(bytes, position, count);
            channel.writeInbound(buffer);
            position += count;
        }
        if (random.nextBoolean()) {
            runShard();
        }
        channel.runPendingTasks();
        drain(channel);
    }

    private void runShard() {
        for (var task = shard.poll(); task != null; task = shard.poll()) {
            task.run();
        }
    }

    private void drain(EmbeddedChannel channel) {
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            answers += part.isReadable() ? 1 : 0;
            part.release();
        }
    }

    private void finish(EmbeddedChannel channel, int inputs) {
        if (channel == null) {
            return;
        }
        closes += channel.isActive() ? 0 : 1;
        channel.close().syncUninterruptibly();
        runShard();
        channel.runPendingTasks();
        drain(channel);
        String run = "seed %d, before input %d".formatted(SEED, inputs);
        assertThat(budget.usedBytes()).as(run).isZero();
        assertThat(allocator.pinnedDirectMemory()).as(run).isZero();
        assertThat(allocator.metric().usedDirectMemory()).as(run).isLessThan(POOL_BYTES_MAX);
    }
}
