package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.AppendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AckQueueTest {
    private static final int LONG_MS = 60_000;

    private final Shards shards = Shards.start(1, "ack", Clock.system());
    private final AckQueue<AppendResult> queue =
            new AckQueue<>(
                    shards.all().getFirst(),
                    Clock.system(),
                    new AppendResult.Refused(Errors.REQUEST_TIMED_OUT, "late", List.of()));
    private final List<String> answers = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        shards.close();
    }

    private void onShard(Runnable step) {
        CompletableFuture.runAsync(step, shards.all().getFirst()).join();
    }

    private void add(long endOffset, int timeoutMs) {
        onShard(() ->
                queue.add(
                        endOffset,
                        timeoutMs,
                        new AppendResult.Appended(endOffset - 1, endOffset - 1, -1, 10),
                        noting(endOffset)));
    }

    private Consumer<AppendResult> noting(long endOffset) {
        return result ->
                answers.add(
                        endOffset
                                + (result instanceof AppendResult.Refused refused
                                        ? " " + refused.error()
                                        : ""));
    }

    @Test
    void answersThoseWhoseOffsetIsReachedInTheirOrder() {
        add(5, LONG_MS);
        add(7, LONG_MS);
        add(9, LONG_MS);

        onShard(() -> queue.advance(8));

        assertThat(answers).containsExactly("5", "7");
    }

    @Test
    void answersThoseWhoseTimeIsUpAndNoOthers() {
        add(5, LONG_MS);
        add(7, 20);
        add(9, AckQueue.NO_TIMEOUT);
        add(11, 40);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(answers)
                                .containsExactly(
                                        "7 " + Errors.REQUEST_TIMED_OUT,
                                        "11 " + Errors.REQUEST_TIMED_OUT));
    }

    @Test
    void timesOutWhoeverWaitsAlone() {
        add(7, 20);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(answers).containsExactly("7 " + Errors.REQUEST_TIMED_OUT));
    }

    @Test
    void refusesEveryoneAtOnce() {
        add(5, LONG_MS);
        add(7, LONG_MS);

        onShard(() ->
                queue.refuseAll(
                        new AppendResult.Refused(
                                Errors.NOT_LEADER_OR_FOLLOWER, "deposed", List.of())));

        assertThat(answers).containsExactly("5 NOT_LEADER_OR_FOLLOWER", "7 NOT_LEADER_OR_FOLLOWER");
        assertThat(queue.isEmpty()).isTrue();
    }
}
