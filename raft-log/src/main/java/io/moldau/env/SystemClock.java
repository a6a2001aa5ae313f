package io.moldau.env;

enum SystemClock implements Clock {
    INSTANCE;

    /// Rehearsals have nodes whose clock is wrong: `moldau chaos run` sets it.
    private static final long OFFSET_MS = Long.getLong("moldau.clock.offset.ms", 0);

    @Override
    public long wallMs() {
        return System.currentTimeMillis() + OFFSET_MS;
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }
}
