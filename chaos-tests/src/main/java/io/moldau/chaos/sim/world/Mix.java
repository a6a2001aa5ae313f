package io.moldau.chaos.sim.world;

import io.moldau.broker.replication.ReplicationSettings;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What one seed is made of.
///
/// @param flushes whether a record is promised only once it is synced: then any number of machines
///   may go down
/// @param groups how many consumer groups there are, and partitions of the topic whose leaders
///   coordinate them
/// @param onDisk whether production's log is used, on a simulated disk, rather than the model of it
/// @param scrubs whether nodes read what they have from time to time
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
        int groups,
        boolean scrubs,
        long chaosMs,
        ReplicationSettings settings,
        Map<Fault, Long> everyMs) {
    /// The topic that is written, read and moved about.
    public static final String TOPIC = "orders";

    public static final String GROUPS_TOPIC = "__consumer_offsets";

    private static final double ON_DISK = 0.25;
    private static final double WITH_GROUPS = 0.4;

    /// These need groups.
    private static final Set<Fault> OF_GROUPS =
            EnumSet.of(
                    Fault.MEMBER_CRASH, Fault.MEMBER_PAUSE, Fault.MEMBER_LEAVE, Fault.COORDINATOR);

    /// These need a disk.
    private static final Set<Fault> OF_DISKS =
            EnumSet.of(Fault.FAILED_SYNC, Fault.FULL_DISK, Fault.BIT_ROT);

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
        var ofGroups = new Luck(seed, 11);
        int groups = ofGroups.chance(WITH_GROUPS) ? 1 + ofGroups.below(2) : 0;
        return new Mix(
                seed,
                nodes,
                1 + luck.below(2),
                replicas,
                minIsr,
                flushes,
                onDisk,
                1 + luck.below(3),
                groups,
                new Luck(seed, 12).chance(0.5),
                luck.between(1500, 5000),
                settings,
                faults(luck, minIsr, flushes, groups, onDisk, without));
    }

    private static Map<Fault, Long> faults(
            Luck luck,
            int minIsr,
            boolean flushes,
            int groups,
            boolean onDisk,
            Set<Fault> without) {
        var everyMs = new EnumMap<Fault, Long>(Fault.class);
        double share = luck.chance(0.2) ? 0.8 : 0.35;
        for (var fault : Fault.values()) {
            // These forgive what the others are judged by.
            boolean isMild = fault != Fault.UNCLEAN_ELECTION && fault != Fault.RECREATION;
            boolean drawn = luck.chance(isMild ? share : share / 3);
            long interval = luck.between(100, 1200);
            boolean promised = minIsr > 1 || (flushes && fault == Fault.POWER_LOSS);
            boolean loses =
                    fault == Fault.DAMAGE
                            || fault == Fault.DISK_LOSS
                            || fault == Fault.FAILED_SYNC
                            || fault == Fault.BIT_ROT;
            boolean allowed = promised || !(loses || fault == Fault.POWER_LOSS);
            boolean meets =
                    (groups > 0 || !OF_GROUPS.contains(fault))
                            && (onDisk || !OF_DISKS.contains(fault));
            if (drawn && allowed && meets && !without.contains(fault)) {
                everyMs.put(fault, interval);
            }
        }
        if (flushes && everyMs.containsKey(Fault.POWER_LOSS)) {
            // Every machine may go down at once, and then nobody is left who may lose more.
            everyMs.remove(Fault.DAMAGE);
            everyMs.remove(Fault.DISK_LOSS);
            everyMs.remove(Fault.FAILED_SYNC);
            everyMs.remove(Fault.BIT_ROT);
        }
        // Known and open: see docs/reliability.md. One of some thousand seeds in which bits rot
        // finds
        // something, and until that is mended no seed draws it.
        everyMs.remove(Fault.BIT_ROT);
        return everyMs;
    }

    /// Who produced what goes with the records: then a late retry is new, and what comes after it
    /// does not follow.
    public boolean forgetsProducers() {
        return has(Fault.DELETION) || has(Fault.RECREATION) || allowsUncleanElections();
    }

    /// Replicas of one node: each partition has one on some of the nodes.
    public int logs() {
        return partitions + groups;
    }

    /// Nodes may come back with less than they had.
    public boolean mayLose() {
        return has(Fault.DISK_LOSS)
                || has(Fault.DAMAGE)
                || has(Fault.POWER_LOSS)
                || has(Fault.FAILED_SYNC)
                || has(Fault.BIT_ROT);
    }

    public boolean allowsUncleanElections() {
        return has(Fault.UNCLEAN_ELECTION);
    }

    /// As the topic may ask for, or else an operator has to.
    public boolean electsUncleanlyByItself() {
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
                        + "%d producers, %d groups, %s, lag time %d ms, %d ms of %s")
                .formatted(
                        seed,
                        nodes,
                        partitions,
                        replicas,
                        minIsr,
                        flushes ? "synced" : "page cache",
                        onDisk ? "log on disk" : "model of a log",
                        producers,
                        groups,
                        scrubs ? "scrubs" : "no scrubs",
                        settings.lagTimeMaxMs(),
                        chaosMs,
                        everyMs);
    }
}
