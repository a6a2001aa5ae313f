package io.moldau.chaos.sim.cluster;

/// What a leader's node knows of one opening.
final class Cursor {
    static final long NOTHING = -1;

    final SimStream stream;
    final int handle;
    final long session;
    long nextOffset = NOTHING;
    long highWatermarkSent = NOTHING;
    long logStartSent = NOTHING;
    boolean newsScheduled;

    Cursor(SimStream stream, int handle, long session) {
        this.stream = stream;
        this.handle = handle;
        this.session = session;
    }
}
