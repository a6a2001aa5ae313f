package io.moldau.chaos.sim;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/// Many seeds, on as many threads as there are cores; each seed in one of them alone.
public final class SeedRun {
    private final Rules rules;
    private final Set<Fault> without;
    private final LongAdder seeds = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder reigns = new LongAdder();
    private final LongAdder withGroups = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final LongAdder takeovers = new LongAdder();
    private final LongAdder virtualMs = new LongAdder();
    private final LongAdder onDisk = new LongAdder();
    private final Map<Fault, LongAdder> struck = new ConcurrentHashMap<>();
    private final AtomicReference<Verdict> failed = new AtomicReference<>();

    public SeedRun(Rules rules) {
        this(rules, EnumSet.noneOf(Fault.class));
    }

    /// @param without faults that no seed has
    public SeedRun(Rules rules, Set<Fault> without) {
        this.rules = rules;
        this.without = without;
    }

    /// Runs until a seed fails, `count` seeds are done, or the time is up. Returns the failed one;
    /// of several at the same time any.
    ///
    /// @param seedOf the n-th seed
    public Optional<Verdict> run(LongUnaryOperator seedOf, long count, long deadlineNanos) {
        var next = new AtomicLong();
        int cores = Runtime.getRuntime().availableProcessors();
        var threads = new Thread[cores];
        for (int i = 0; i < cores; i++) {
            threads[i] = Thread.ofPlatform().daemon().start(() -> work(seedOf, count, next));
        }
        for (var thread : threads) {
            join(thread, deadlineNanos);
        }
        return Optional.ofNullable(failed.get());
    }

    private void work(LongUnaryOperator seedOf, long count, AtomicLong next) {
        long number = next.getAndIncrement();
        while (number < count && failed.get() == null && !Thread.currentThread().isInterrupted()) {
            var mix = Mix.of(seedOf.applyAsLong(number), without);
            var verdict = Simulation.run(mix, rules, false);
            seeds.increment();
            events.add(verdict.events());
            acknowledged.add(verdict.acknowledgedRecords());
            reigns.add(verdict.reigns());
            withGroups.add(mix.groups() > 0 ? 1 : 0);
            commits.add(verdict.acknowledgedCommits());
            takeovers.add(verdict.takeovers());
            virtualMs.add(verdict.virtualMs());
            onDisk.add(mix.onDisk() ? 1 : 0);
            verdict.struck()
                    .forEach((fault, times) ->
                            struck.computeIfAbsent(fault, _ -> new LongAdder()).add(times));
            if (verdict.failed()) {
                failed.compareAndSet(null, verdict);
            }
            number = next.getAndIncrement();
        }
    }

    /// A seed that runs when the time is up is finished.
    private static void join(Thread thread, long deadlineNanos) {
        try {
            long ms = Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
            thread.join(ms);
            thread.interrupt();
            thread.join();
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    public long seeds() {
        return seeds.sum();
    }

    public long events() {
        return events.sum();
    }

    public long acknowledgedRecords() {
        return acknowledged.sum();
    }

    public long reigns() {
        return reigns.sum();
    }

    /// Seeds with consumer groups.
    public long seedsWithGroups() {
        return withGroups.sum();
    }

    /// Commits of offsets that were answered.
    public long acknowledgedCommits() {
        return commits.sum();
    }

    /// How often a node began to coordinate a group.
    public long takeovers() {
        return takeovers.sum();
    }

    public double virtualHours() {
        return virtualMs.sum() / 3_600_000.0;
    }

    /// Seeds of which the log was production's, on a simulated disk.
    public long seedsOnDisk() {
        return onDisk.sum();
    }

    /// How often each fault has struck.
    public Map<Fault, Long> struck() {
        var counts = new EnumMap<Fault, Long>(Fault.class);
        struck.forEach((fault, times) -> counts.put(fault, times.sum()));
        return counts;
    }

    /// The same failure with as few faults as it needs.
    public static Verdict shrunk(Verdict failure, Rules rules) {
        var smallest = failure;
        for (var fault : failure.mix().faults()) {
            Set<Fault> without = EnumSet.complementOf(EnumSet.copyOf(smallest.mix().faults()));
            without.add(fault);
            var verdict = Simulation.run(Mix.of(failure.mix().seed(), without), rules, false);
            if (verdict.failed()) {
                smallest = verdict;
                if (verdict.mix().faults().isEmpty()) {
                    return verdict;
                }
            }
        }
        return smallest;
    }
}
