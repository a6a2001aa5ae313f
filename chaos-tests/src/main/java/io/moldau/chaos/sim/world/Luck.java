package io.moldau.chaos.sim.world;

/// Chance from a seed. One for each purpose, so that leaving out one kind of fault leaves the
/// others where they were.
///
/// Source: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
public final class Luck {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    public Luck(long seed, long purpose) {
        state = mixed(seed) ^ mixed(purpose * GAMMA + 1);
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    public long next() {
        state += GAMMA;
        return mixed(state);
    }

    /// 0 to `bound` - 1.
    public int below(int bound) {
        return (int) Math.floorMod(next() >>> 1, (long) bound);
    }

    /// Both ends included.
    public long between(long from, long to) {
        return from + Math.floorMod(next() >>> 1, to - from + 1);
    }

    public boolean chance(double probability) {
        return (next() >>> 11) * 0x1.0p-53 < probability;
    }
}
