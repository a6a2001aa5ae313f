package io.moldau.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialTest {
    @Test
    void runsATaskOnTheThreadThatBringsIt() {
        // given
        var serial = new Serial(Runnable::run);
        var ran = new ArrayList<Thread>();

        // when
        serial.execute(() -> ran.add(Thread.currentThread()));

        // then
        assertThat(ran).containsExactly(Thread.currentThread());
    }

    @Test
    void runsWhatATaskBringsAfterTheTask() {
        // given
        var serial = new Serial(Runnable::run);
        var order = new ArrayList<String>();

        // when
        serial.execute(() -> {
            serial.execute(() -> order.add("inner"));
            order.add("outer");
        });

        // then
        assertThat(order).containsExactly("outer", "inner");
    }

    @Test
    void handsTheRestToItsReliefWhenThereIsMuch() {
        // given
        Queue<Runnable> relief = new ArrayDeque<>();
        var serial = new Serial(relief::add);
        var done = new ArrayList<Integer>();

        // when
        serial.execute(
                () -> IntStream.range(0, 100).forEach(i -> serial.execute(() -> done.add(i))));
        int before = done.size();
        while (!relief.isEmpty()) {
            relief.remove().run();
        }

        // then
        assertThat(before).isLessThan(100);
        assertThat(done).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        // given
        var serial = new Serial(Runnable::run);
        var done = new ArrayList<String>();
        serial.execute(() -> {
            throw new IllegalStateException("planted");
        });

        // when
        serial.execute(() -> done.add("next"));

        // then
        assertThat(done).containsExactly("next");
    }

    /// The list and the sum have no lock of their own: two tasks at once would lose some.
    @Test
    void neverRunsTwoTasksAtOnce() {
        try (var relief = Executors.newSingleThreadExecutor();
                var callers = Executors.newFixedThreadPool(4)) {
            // given
            var serial = new Serial(relief);
            long[] sum = new long[1];
            List<CompletableFuture<Void>> done = new ArrayList<>();

            // when
            for (int caller = 0; caller < 4; caller++) {
                done.add(
                        CompletableFuture.runAsync(
                                () ->
                                        IntStream.range(0, 5_000)
                                                .forEach(_ -> serial.execute(() -> sum[0]++)),
                                callers));
            }
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            var total = CompletableFuture.supplyAsync(() -> sum[0], serial);

            // then
            assertThat(total.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(20_000);
        }
    }
}
