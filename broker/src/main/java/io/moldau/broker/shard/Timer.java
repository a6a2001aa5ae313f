package io.moldau.broker.shard;

import java.util.concurrent.atomic.AtomicReference;

/// A task that a [Shard] will run later, unless it is cancelled before.
public final class Timer implements Comparable<Timer> {
    private final long dueNanos;
    private final long sequence;
    private final AtomicReference<Runnable> task;

    Timer(long dueNanos, long sequence, Runnable task) {
        this.dueNanos = dueNanos;
        this.sequence = sequence;
        this.task = new AtomicReference<>(task);
    }

    long dueNanos() {
        return dueNanos;
    }

    boolean isCancelled() {
        return task.get() == null;
    }

    Runnable take() {
        return task.getAndSet(null);
    }

    /// Drops the task; nothing happens if it has run. May be called from any thread.
    public void cancel() {
        task.set(null);
    }

    @Override
    public int compareTo(Timer other) {
        int byTime = Long.compare(dueNanos - other.dueNanos, 0);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
