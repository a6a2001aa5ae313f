package io.moldau.quorum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/// How far this node has applied the log, and who waits for it to come further.
final class AppliedIndex {
    private record Waiter(long index, CompletableFuture<Void> future) {}

    private final PriorityQueue<Waiter> waiters =
            new PriorityQueue<>(Comparator.comparingLong(Waiter::index));
    private volatile long reached = -1;

    long reached() {
        return reached;
    }

    /// Completes on the apply thread.
    CompletableFuture<Void> await(long index) {
        synchronized (waiters) {
            if (reached < index) {
                var future = new CompletableFuture<Void>();
                waiters.add(new Waiter(index, future));
                return future;
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    void reached(long index) {
        var done = new ArrayList<CompletableFuture<Void>>();
        synchronized (waiters) {
            reached = Math.max(reached, index);
            for (var next = waiters.peek();
                    next != null && next.index() <= reached;
                    next = waiters.peek()) {
                done.add(next.future());
                waiters.remove();
            }
        }
        done.forEach(future -> future.complete(null));
    }

    void stop(String reason) {
        ArrayList<Waiter> left;
        synchronized (waiters) {
            left = new ArrayList<>(waiters);
            waiters.clear();
        }
        left.forEach(waiter ->
                waiter.future().completeExceptionally(new QuorumUnavailableException(reason)));
    }
}
