package io.moldau.broker.partition;

import java.util.ArrayList;
import java.util.List;

/// The fetches that wait for more of one partition. Belongs to the partition's shard.
final class FetchWaiters {
    private List<Waiting> waiting = List.of();

    private record Waiting(FetchWaiter waiter, FetchItem item) {}

    /// Takes the place of an earlier one of the same owner.
    void add(FetchWaiter waiter, FetchItem item) {
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(2);
        }
        waiting.removeIf(
                entry -> entry.waiter().isDone() || entry.waiter().owner().equals(waiter.owner()));
        waiting.add(new Waiting(waiter, item));
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Whether somebody waits who wants committed transactions only.
    boolean anyCommittedOnly() {
        for (var entry : waiting) {
            if (entry.item().isCommittedOnly()) {
                return true;
            }
        }
        return false;
    }

    /// `bytes` more can be read, by those who want committed transactions only up to
    /// `stableOffset`.
    void tell(int bytes, long stableOffset) {
        if (!waiting.isEmpty()) {
            waiting.removeIf(entry -> entry.waiter().isDone());
            waiting.forEach(entry -> {
                int more = entry.item().arrived(bytes, stableOffset);
                if (more > 0) {
                    entry.waiter().onReadable(entry.item(), more);
                }
            });
        }
    }

    /// Whatever they wait for, they are to look again now.
    void wakeAll() {
        var woken = waiting;
        waiting = List.of();
        woken.forEach(entry -> entry.waiter().onReadable(entry.item(), Integer.MAX_VALUE));
    }

    /// Forgets those that were answered meanwhile.
    void forgetDone() {
        if (!waiting.isEmpty()) {
            waiting.removeIf(entry -> entry.waiter().isDone());
            waiting = waiting.isEmpty() ? List.of() : waiting;
        }
    }
}
