package io.moldau.broker.partition;

import io.moldau.env.Clock;
import io.moldau.log.clean.CleaningStoppedException;
import io.moldau.log.clean.Pace;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/// Keeps all cleaners together below so many bytes per second, and stops them. Any thread.
final class CleanerPace implements Pace {
    private static final long NAP_NANOS_MAX = 50_000_000;

    private final Clock clock;
    private final DoubleSupplier bytesPerSecond;
    private long paidUntilNanos;
    private volatile boolean stopped;

    CleanerPace(Clock clock, DoubleSupplier bytesPerSecond) {
        this.clock = clock;
        this.bytesPerSecond = bytesPerSecond;
        this.paidUntilNanos = clock.monotonicNanos();
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void spend(int bytes) {
        long until = pay(bytes);
        while (!stopped && clock.monotonicNanos() < until) {
            LockSupport.parkNanos(this, Math.min(until - clock.monotonicNanos(), NAP_NANOS_MAX));
        }
        if (stopped) {
            throw new CleaningStoppedException("the node stops");
        }
    }

    /// Until when these bytes last.
    private synchronized long pay(int bytes) {
        double nanos = bytes / bytesPerSecond.getAsDouble() * 1e9;
        // Time in which nothing was read is not saved up.
        long from = Math.max(paidUntilNanos, clock.monotonicNanos());
        paidUntilNanos = from + (long) Math.min(nanos, 1e15);
        return paidUntilNanos;
    }
}
