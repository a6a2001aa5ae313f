package io.moldau.chaos.proxy;

/// What is wrong with a link, seen from the node that dials.
///
/// @param forwardCut what the one who dials says does not arrive, until the cut is mended
/// @param backwardCut what is answered does not arrive, until the cut is mended
/// @param swallows connections are taken and bytes are read, and nothing comes of them
/// @param delayMs how much later everything arrives
/// @param jitterMs up to how much later still, each time another
/// @param bytesPerSecond in each direction; 0 for as many as can be
public record Impairment(
        boolean forwardCut,
        boolean backwardCut,
        boolean swallows,
        long delayMs,
        long jitterMs,
        long bytesPerSecond) {
    public static final Impairment NONE = new Impairment(false, false, false, 0, 0, 0);
    public static final Impairment CUT = new Impairment(true, true, false, 0, 0, 0);
    public static final Impairment FORWARD_CUT = new Impairment(true, false, false, 0, 0, 0);
    public static final Impairment BACKWARD_CUT = new Impairment(false, true, false, 0, 0, 0);
    public static final Impairment SWALLOWS = new Impairment(false, false, true, 0, 0, 0);

    public static Impairment delay(long delayMs, long jitterMs) {
        return new Impairment(false, false, false, delayMs, jitterMs, 0);
    }

    public static Impairment throttle(long bytesPerSecond) {
        return new Impairment(false, false, false, 0, 0, bytesPerSecond);
    }

    /// Both at once.
    public Impairment and(Impairment other) {
        return new Impairment(
                forwardCut || other.forwardCut,
                backwardCut || other.backwardCut,
                swallows || other.swallows,
                Math.max(delayMs, other.delayMs),
                Math.max(jitterMs, other.jitterMs),
                slower(bytesPerSecond, other.bytesPerSecond));
    }

    private static long slower(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }

    /// A handshake needs both ways.
    boolean allowsConnecting() {
        return !forwardCut && !backwardCut;
    }

    boolean cuts(Way way) {
        return way == Way.FORWARD ? forwardCut : backwardCut;
    }
}
