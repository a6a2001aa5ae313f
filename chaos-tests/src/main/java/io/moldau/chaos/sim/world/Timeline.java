package io.moldau.chaos.sim.world;

import java.util.PriorityQueue;
import java.util.function.Supplier;

/// Virtual time: what is to happen, in its order, and a hash of all that has.
public final class Timeline {
    private record Entry(long atMs, long number, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int order = Long.compare(atMs, other.atMs);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private final boolean tracing;
    private final StringBuilder trace = new StringBuilder();
    private long nowMs;
    private long count;
    private long hash = 17;

    public Timeline(boolean tracing) {
        this.tracing = tracing;
    }

    public long nowMs() {
        return nowMs;
    }

    public void in(long delayMs, Runnable action) {
        queue.add(new Entry(nowMs + Math.max(0, delayMs), count++, action));
    }

    public void runUntil(long endMs) {
        while (!queue.isEmpty() && queue.peek().atMs() <= endMs) {
            var entry = queue.poll();
            nowMs = entry.atMs();
            entry.action().run();
        }
        nowMs = endMs;
    }

    /// Notes that something happened. The text is made only when someone wants to read it.
    public void note(int what, long a, long b, long c, Supplier<String> text) {
        hash = (hash ^ (what * 31L + nowMs)) * 0x100000001b3L;
        hash = (hash ^ a * 0x9e3779b97f4a7c15L ^ b * 0xc2b2ae3d27d4eb4fL ^ c) * 0x100000001b3L;
        if (tracing) {
            trace.append("%6d ms  ".formatted(nowMs)).append(text.get()).append('\n');
        }
    }

    public long hash() {
        return hash;
    }

    public long events() {
        return count;
    }

    public String trace() {
        return trace.toString();
    }
}
