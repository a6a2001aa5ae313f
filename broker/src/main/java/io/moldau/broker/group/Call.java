package io.moldau.broker.group;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotCoordinatorException;

/// A caller whose answer somebody waits for in a future.
final class Call<A extends GroupAnswer> implements Caller {
    private final Class<A> type;
    private final CompletableFuture<A> answer = new CompletableFuture<>();

    Call(Class<A> type) {
        this.type = type;
    }

    CompletableFuture<A> answer() {
        return answer;
    }

    void complete(GroupAnswer given) {
        answer.complete(type.cast(given));
    }

    /// Somebody else is to be asked.
    void fail(NotCoordinatorException elsewhere) {
        answer.completeExceptionally(elsewhere);
    }
}
