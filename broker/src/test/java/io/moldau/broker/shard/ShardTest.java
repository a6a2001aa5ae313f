package io.moldau.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.env.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardTest {
    private final Shards shards = Shards.start(1, "test", Clock.system());
    private final Shard shard = shards.of(0);

    @AfterEach
    void close() {
        shards.close();
    }

    @Test
    void runsTasksInTheOrderInWhichTheyCame() {
        // given
        List<Integer> seen = new ArrayList<>();
        var done = new CompletableFuture<List<Integer>>();

        // when
        IntStream.range(0, 1_000).forEach(i -> shard.execute(() -> seen.add(i)));
        shard.execute(() -> done.complete(seen));

        // then
        assertThat(done.orTimeout(5, TimeUnit.SECONDS).join())
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        // given
        shard.execute(() -> {
            throw new IllegalStateException("planted");
        });

        // when
        var next = CompletableFuture.supplyAsync(() -> "ran", shard);

        // then
        assertThat(next.orTimeout(5, TimeUnit.SECONDS).join()).isEqualTo("ran");
    }

    @Test
    void firesTimersByTheirTimeAndNotByTheirArrival() {
        // given
        List<String> fired = new ArrayList<>();
        var done = new CompletableFuture<List<String>>();

        // when
        shard.execute(() -> {
            shard.schedule(30, () -> done.complete(fired));
            shard.schedule(20, () -> fired.add("second"));
            shard.schedule(10, () -> fired.add("first"));
            shard.schedule(15, () -> fired.add("cancelled")).cancel();
        });

        // then
        assertThat(done.orTimeout(5, TimeUnit.SECONDS).join()).containsExactly("first", "second");
    }

    @Test
    void finishesWhatIsQueuedBeforeItCloses() {
        // given
        List<Integer> seen = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> shard.execute(() -> seen.add(i)));

        // when
        shard.close();

        // then
        assertThat(seen).hasSize(100);
        assertThatThrownBy(() -> shard.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
