package io.moldau.broker.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds what the frames of all connections hold together.
///
/// A frame is granted its whole size before a byte of it is stored, so whoever holds memory waits
/// for nothing but its own client, and holders cannot block one another. Who is refused waits in
/// line and is not read from meanwhile. A frame larger than the whole budget is granted once
/// nothing else is held.
///
/// Thread-safe. Taking and returning is one atomic operation while nobody waits.
final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();
    private final Deque<Waiter> line = new ArrayDeque<>(); // Guarded by itself.
    private volatile boolean anyoneWaits;

    MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Someone in line for memory.
    ///
    /// @param loop where `granted` runs, after the bytes were taken in its name
    private record Waiter(long bytes, Executor loop, Runnable granted) {
        @Override
        public boolean equals(Object other) {
            return this == other; // Two in line for the same are still two.
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /// Takes `bytes` unless that would break the bound or pass those who wait.
    boolean tryTake(long bytes) {
        return !anyoneWaits && take(bytes);
    }

    private boolean take(long bytes) {
        while (true) {
            long before = used.get();
            if (before != 0 && before + bytes > bytesMax) {
                return false;
            }
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /// Gets in line for `bytes`. Runs `granted` on `loop` when they are taken.
    ///
    /// @return leaves the line; true if the grant had not been made yet and never will be
    Leave await(long bytes, Executor loop, Runnable granted) {
        var waiter = new Waiter(bytes, loop, granted);
        synchronized (line) {
            line.addLast(waiter);
            anyoneWaits = true;
        }
        grant(); // The last holder may have returned its bytes before it could see us in line.
        return () -> leave(waiter);
    }

    /// Gives up a place in line.
    @FunctionalInterface
    interface Leave {
        boolean leave();
    }

    private boolean leave(Waiter waiter) {
        boolean left;
        synchronized (line) {
            left = line.remove(waiter);
            anyoneWaits = !line.isEmpty();
        }
        grant(); // Whoever stood behind may need less.
        return left;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
        if (anyoneWaits) {
            grant();
        }
    }

    private void grant() {
        List<Waiter> granted = new ArrayList<>(0);
        synchronized (line) {
            while (!line.isEmpty() && take(line.peekFirst().bytes())) {
                granted.add(line.pollFirst());
            }
            anyoneWaits = !line.isEmpty();
        }
        granted.forEach(waiter -> waiter.loop().execute(waiter.granted()));
    }

    boolean anyoneWaits() {
        return anyoneWaits;
    }

    long usedBytes() {
        return used.get();
    }
}
