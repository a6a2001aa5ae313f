package io.moldau.chaos.timeline;

/// The one clock of a run: nanoseconds since its beginning, for the history, the faults and the
/// samples alike. Never goes back; any thread may ask.
public final class RunClock {
    private final long zeroNanos = System.nanoTime();

    private RunClock() {}

    /// A clock that begins now.
    public static RunClock start() {
        return new RunClock();
    }

    public long nanos() {
        return System.nanoTime() - zeroNanos;
    }
}
