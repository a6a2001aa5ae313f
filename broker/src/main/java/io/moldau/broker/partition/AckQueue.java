package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import io.moldau.env.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// Clients who wait until a partition has come to an offset: until their records are committed or
/// flushed, or what they delete is gone everywhere. In the order of the offsets, so that a step
/// forward looks at nobody in vain. Belongs to the partition's shard.
///
/// @param <R> what they are told
final class AckQueue<R> {
    private final Shard shard;
    private final Clock clock;
    private final R timedOut;
    private final ArrayDeque<Waiting<R>> queue = new ArrayDeque<>(0);
    private long timerNanos = Long.MAX_VALUE;

    private record Waiting<R>(long endOffset, long deadlineNanos, R result, Consumer<R> reply) {}

    /// @param timedOut for those who have waited in vain
    AckQueue(Shard shard, Clock clock, R timedOut) {
        this.shard = shard;
        this.clock = clock;
        this.timedOut = timedOut;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /// For those who wait as long as it takes.
    static final int NO_TIMEOUT = Integer.MAX_VALUE;

    /// Answers `reply` with `result` once the partition is at `endOffset`. A retry of an earlier
    /// batch may ask for less than whoever came before it, and waits its turn.
    void add(long endOffset, int timeoutMs, R result, Consumer<R> reply) {
        long deadline =
                timeoutMs == NO_TIMEOUT
                        ? Long.MAX_VALUE
                        : clock.monotonicNanos() + timeoutMs * 1_000_000L;
        queue.add(new Waiting<>(endOffset, deadline, result, reply));
        setTimer(deadline);
    }

    /// The partition has come to `offset`.
    void advance(long offset) {
        var first = queue.peek();
        while (first != null && first.endOffset <= offset) {
            queue.poll();
            first.reply.accept(first.result);
            first = queue.peek();
        }
    }

    /// Nobody's wait can end well any more.
    void refuseAll(R refusal) {
        var refused = List.copyOf(queue);
        queue.clear();
        refused.forEach(waiting -> waiting.reply.accept(refusal));
    }

    /// One timer for all: producers mostly allow the same time, so whoever came first is late
    /// first.
    private void setTimer(long deadlineNanos) {
        if (deadlineNanos < timerNanos) {
            timerNanos = deadlineNanos;
            long delayNanos = Math.max(0, deadlineNanos - clock.monotonicNanos());
            shard.schedule(delayNanos / 1_000_000 + 1, () -> onTimer(deadlineNanos));
        }
    }

    private void onTimer(long setFor) {
        if (timerNanos == setFor) {
            timerNanos = Long.MAX_VALUE;
        }
        long now = clock.monotonicNanos();
        var late = queue.stream().filter(waiting -> waiting.deadlineNanos <= now).toList();
        if (!late.isEmpty()) {
            queue.removeAll(late);
            late.forEach(waiting -> waiting.reply.accept(timedOut));
        }
        queue.stream().mapToLong(waiting -> waiting.deadlineNanos).min().ifPresent(this::setTimer);
    }
}
