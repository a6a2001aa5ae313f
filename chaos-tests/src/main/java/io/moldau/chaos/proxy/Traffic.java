package io.moldau.chaos.proxy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What is wrong with a link just now, and the waiting that comes of it. Any thread.
final class Traffic {
    private static final int SLICES_PER_S = 20;
    private static final int LEAST_SLICE_BYTES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Impairment> imposed = new ArrayList<>();
    private final Map<Way, Long> freeAtNanos = new EnumMap<>(Way.class);
    private volatile Impairment now = Impairment.NONE;

    Impairment now() {
        return now;
    }

    void impose(Impairment impairment) {
        change(() -> imposed.add(impairment));
    }

    /// Takes back one [#impose] of the same.
    void lift(Impairment impairment) {
        change(() -> imposed.remove(impairment));
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            now = imposed.stream().reduce(Impairment.NONE, Impairment::and);
            freeAtNanos.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Lets those who wait look again.
    void stir() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes may go in one piece: a narrow way lets through little at a time.
    int atOnce() {
        long rate = now.bytesPerSecond();
        return rate == 0
                ? Integer.MAX_VALUE
                : Math.clamp(rate / SLICES_PER_S, LEAST_SLICE_BYTES, Integer.MAX_VALUE);
    }

    /// When what is read now may arrive at the earliest.
    long dueNanos() {
        var present = now;
        long delayMs = present.delayMs();
        if (present.jitterMs() > 0) {
            delayMs += ThreadLocalRandom.current().nextLong(present.jitterMs() + 1);
        }
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs);
    }

    /// Returns when `bytes` that are due may pass, or when the one who asks is no more.
    void awaitPassage(Way way, int bytes, long dueNanos, Alive asker) throws InterruptedException {
        lock.lock();
        try {
            // Its time is taken only once; whoever comes behind waits for the rest of it.
            long slotNanos = 0;
            while (asker.isAlive()) {
                if (now.cuts(way)) {
                    changed.await();
                    continue;
                }
                if (slotNanos == 0) {
                    slotNanos = takeSlot(way, bytes);
                }
                long untilNanos =
                        now.bytesPerSecond() == 0 ? dueNanos : laterOf(slotNanos, dueNanos);
                long waitNanos = untilNanos - System.nanoTime();
                if (waitNanos <= 0) {
                    return;
                }
                changed.awaitNanos(waitNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether somebody still wants what he waits for.
    @FunctionalInterface
    interface Alive {
        boolean isAlive();
    }

    private long takeSlot(Way way, int bytes) {
        long nowNanos = System.nanoTime();
        long rate = now.bytesPerSecond();
        if (rate == 0) {
            return nowNanos;
        }
        long from = laterOf(freeAtNanos.getOrDefault(way, nowNanos), nowNanos);
        long until = from + (long) (bytes * 1e9 / rate);
        freeAtNanos.put(way, until);
        return until;
    }

    private static long laterOf(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
