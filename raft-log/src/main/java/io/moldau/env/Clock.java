package io.moldau.env;

/// Where time comes from: the wall for time stamps, a monotonic counter for waiting.
public interface Clock {
    /// Milliseconds since the epoch, as records are stamped. May jump when an operator sets the
    /// clock.
    long wallMs();

    /// Nanoseconds from an arbitrary origin; never goes back. For deadlines and durations only.
    long monotonicNanos();

    /// The machine's own clocks.
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
