package io.moldau.broker.partition;

import static org.awaitility.Awaitility.await;

import io.moldau.log.AppendResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.core.ThrowingRunnable;

/// What tests wait for, for as long as a busy machine may take.
final class Answers {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Answers() {}

    static AppendResult of(CompletableFuture<AppendResult> answer) {
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /// [Errors#NONE] for what was appended.
    static Errors errorOf(CompletableFuture<AppendResult> answer) {
        return of(answer) instanceof AppendResult.Refused refused ? refused.error() : Errors.NONE;
    }

    static void eventually(ThrowingRunnable holds) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(holds);
    }
}
