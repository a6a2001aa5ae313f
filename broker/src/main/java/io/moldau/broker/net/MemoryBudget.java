package io.moldau.broker.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds what the frames of all connections hold together.
///
/// A frame takes what its buffer has and takes more as it grows. Who is refused waits in line and
/// is not read from meanwhile; who holds something already goes first, since nothing but its end
/// gives that back. Should all that is held belong to those in line, they would wait for one
/// another forever: then the first goes beyond the bound, alone until its frame is done. The bound
/// is therefore passed by one frame at most, which also lets through a frame larger than all of it.
///
/// Thread-safe. Taking and returning is one atomic operation while nobody waits.
final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();
    private final Deque<Waiter> line = new ArrayDeque<>(); // Guarded by itself.
    private long heldInLine; // Guarded by the line.
    private volatile boolean anyoneWaits;

    MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Someone in line for memory.
    ///
    /// @param held what it has taken before and keeps while it waits
    /// @param loop where `granted` runs, after the bytes were taken in its name
    private record Waiter(long bytes, long held, Executor loop, Runnable granted) {
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
        return !anyoneWaits && take(bytes, 0);
    }

    /// Takes `bytes` more for a frame that holds some, unless that would break the bound.
    boolean tryTakeMore(long bytes) {
        return take(bytes, 0);
    }

    /// @param idle what is held by those who can do nothing with it
    private boolean take(long bytes, long idle) {
        while (true) {
            long before = used.get();
            if (before != idle && before + bytes > bytesMax) {
                return false;
            }
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /// Gets in line for `bytes`. Runs `granted` on `loop` when they are taken.
    ///
    /// @param held what the frame has taken already; if anything, it is ahead of all others
    /// @return leaves the line; true if the grant had not been made yet and never will be
    Leave await(long bytes, long held, Executor loop, Runnable granted) {
        var waiter = new Waiter(bytes, held, loop, granted);
        synchronized (line) {
            if (held > 0) {
                line.addFirst(waiter);
            } else {
                line.addLast(waiter);
            }
            heldInLine += held;
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
            heldInLine -= left ? waiter.held() : 0;
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
            while (!line.isEmpty() && take(line.peekFirst().bytes(), heldInLine)) {
                heldInLine -= line.peekFirst().held();
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
