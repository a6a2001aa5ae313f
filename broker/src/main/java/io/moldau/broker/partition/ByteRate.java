package io.moldau.broker.partition;

import java.util.function.LongSupplier;

/// Lets bytes pass at a bounded rate. What passes is never cut: it may be more than is left, and
/// whoever comes next waits for it. Any thread.
final class ByteRate {
    private static final int SMALLEST_PIECE = 16 * 1024;
    private static final int LARGEST_PIECE = 1024 * 1024;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier bytesPerSecond;
    private double left;
    private long lastNanos;

    /// @param bytesPerSecond may change at any time
    ByteRate(LongSupplier bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.lastNanos = nowNanos;
        this.left = bytesPerSecond.getAsLong();
    }

    /// How long to wait before anything may pass; 0 for not at all.
    synchronized long delayMs(long nowNanos) {
        double rate = refill(nowNanos);
        if (left > 0) {
            return 0;
        }
        return rate < 1 ? 1_000 : Math.clamp((long) (-left / rate * 1_000) + 1, 1, 1_000);
    }

    /// How much should pass in one go, that the rate is one over short times, too.
    int pieceBytes() {
        return Math.clamp(bytesPerSecond.getAsLong() / 8, SMALLEST_PIECE, LARGEST_PIECE);
    }

    synchronized void spend(long bytes, long nowNanos) {
        refill(nowNanos);
        left -= bytes;
    }

    /// At most a second's worth is saved.
    private double refill(long nowNanos) {
        double rate = bytesPerSecond.getAsLong();
        left = Math.min(rate, left + rate * (nowNanos - lastNanos) / NANOS_PER_SECOND);
        lastNanos = nowNanos;
        return rate;
    }
}
