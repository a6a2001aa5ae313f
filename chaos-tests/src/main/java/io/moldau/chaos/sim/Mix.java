package io.moldau.chaos.sim;

import io.moldau.broker.replication.ReplicationSettings;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What one seed is made of.
///
/// @param flushes whether a record is promised only once it is synced: then any number of machines
///   may go down
/// @param onDisk whether production's log is used, on a simulated disk, rather than the model of it
/// @param everyMs how often each fault comes, on average; absent when it does not
public record Mix(
        long seed,
        int nodes,
        int partitions,
        int replicas,
        int minIsr,
        boolean flushes,
        boolean onDisk,
        int producers,
        long chaosMs,
        ReplicationSettings settings,
        Map<Fault, Long> everyMs) {
    private static final double ON_DISK = 0.25;

    /// Draws the mix of a seed, leaving out some faults.
    public static Mix of(long seed, Set<Fault> without) {
        var luck = new Luck(seed, 1);
        int nodes = 3 + (luck.chance(0.3) ? luck.below(3) : 0);
        int replicas = luck.chance(0.9) ? 3 : 2;
        int minIsr = luck.chance(0.75) ? 2 : 1;
        boolean flushes = luck.chance(0.25);
        var settings =
                new ReplicationSettings(
                        luck.between(150, 1500),
                        luck.between(10, 80),
                        luck.between(200, 1500),
                        ReplicationSettings.DEFAULT.earlyWaitMs());
        boolean onDisk = luck.chance(ON_DISK);
        return new Mix(
                seed,
                nodes,
                1 + luck.below(2),
                replicas,
                minIsr,
                flushes,
                onDisk,
                1 + luck.below(3),
                luck.between(1500, 5000),
                settings,
                faults(luck, minIsr, flushes, without));
    }

    private static Map<Fault, Long> faults(
            Luck luck, int minIsr, boolean flushes, Set<Fault> without) {
        var everyMs = new EnumMap<Fault, Long>(Fault.class);
        double share = luck.chance(0.2) ? 0.8 : 0.35;
        for (var fault : Fault.values()) {
            // These forgive what the others are judged by.
            boolean isMild = fault != Fault.UNCLEAN_ELECTION && fault != Fault.RECREATION;
            boolean drawn = luck.chance(isMild ? share : share / 3);
            long interval = luck.between(100, 1200);
            boolean promised = minIsr > 1 || (flushes && fault == Fault.POWER_LOSS);
            boolean loses = fault == Fault.DAMAGE || fault == Fault.DISK_LOSS;
            boolean allowed = promised || !(loses || fault == Fault.POWER_LOSS);
            if (drawn && allowed && !without.contains(fault)) {
                everyMs.put(fault, interval);
            }
        }
        if (flushes && everyMs.containsKey(Fault.POWER_LOSS)) {
            // Every machine may go down at once, and then nobody is left who may lose more.
            everyMs.remove(Fault.DAMAGE);
            everyMs.remove(Fault.DISK_LOSS);
        }
        return everyMs;
    }

    /// Who produced what goes with the records: then a late retry is new, and what comes after it
    /// does not follow.
    boolean forgetsProducers() {
        return has(Fault.DELETION) || has(Fault.RECREATION) || allowsUncleanElections();
    }

    /// Replicas of one node.
    int logs() {
        return partitions;
    }

    /// Nodes may come back with less than they had.
    boolean mayLose() {
        return has(Fault.DISK_LOSS) || has(Fault.DAMAGE) || has(Fault.POWER_LOSS);
    }

    boolean allowsUncleanElections() {
        return has(Fault.UNCLEAN_ELECTION);
    }

    /// As the topic may ask for, or else an operator has to.
    boolean electsUncleanlyByItself() {
        return allowsUncleanElections() && (seed & 1) == 0;
    }

    public boolean has(Fault fault) {
        return everyMs.containsKey(fault);
    }

    public Set<Fault> faults() {
        return everyMs.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(everyMs.keySet());
    }

    @Override
    public String toString() {
        return ("seed %d: %d nodes, %d partitions of %d replicas, min.insync.replicas %d, %s, %s, "
                        + "%d producers, lag time %d ms, %d ms of %s")
                .formatted(
                        seed,
                        nodes,
                        partitions,
                        replicas,
                        minIsr,
                        flushes ? "synced" : "page cache",
                        onDisk ? "log on disk" : "model of a log",
                        producers,
                        settings.lagTimeMaxMs(),
                        chaosMs,
                        everyMs);
    }
}
