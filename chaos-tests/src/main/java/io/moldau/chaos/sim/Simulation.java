package io.moldau.chaos.sim;

import io.moldau.broker.logging.Logging;
import io.moldau.broker.logging.Threshold;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimReplica;
import io.moldau.chaos.sim.group.SimGroups;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// One seed from its beginning to its verdict: first faults and safety, then none and liveness.
public final class Simulation {
    private static final long HEAL_MS = 15_000;
    private static final long STEP_MS = 250;
    private static final int FRAMES = 6;

    static {
        // What is news to an operator is daily bread here.
        Logging.setLevel("io.moldau.log", Optional.of(Threshold.OFF));
        Logging.setLevel("io.moldau.broker.group", Optional.of(Threshold.ERROR));
    }

    private final SimCluster cluster;
    private final SimGroups groups;
    private final Nemesis nemesis;
    private final List<SimProducer> producers = new ArrayList<>();

    private Simulation(Mix mix, Rules rules, boolean tracing) {
        cluster = new SimCluster(mix, rules, tracing);
        groups = new SimGroups(cluster);
        nemesis = new Nemesis(cluster, groups);
        cluster.oracle().listen(nemesis::onImage);
        cluster.controller().start();
        for (int id = 0; id < mix.producers(); id++) {
            producers.add(new SimProducer(id, cluster));
        }
    }

    /// Runs one seed. Never throws: what goes wrong is in the verdict, and be it memory.
    @SuppressWarnings("CatchingUnchecked") // Whatever it is, the seed has found it.
    public static Verdict run(Mix mix, Rules rules, boolean tracing) {
        var simulation = new Simulation(mix, rules, tracing);
        String failure = null;
        try {
            simulation.play();
        } catch (Violation violation) {
            failure = violation.getMessage();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
            var frames = Arrays.stream(e.getStackTrace()).limit(FRAMES).toList();
            failure = "%s at %s".formatted(e, frames);
        }
        return simulation.verdict(failure);
    }

    private Verdict verdict(String failure) {
        int reigns = 0;
        for (int number = 0; number < cluster.mix().logs(); number++) {
            reigns += cluster.partition(number).leaderEpoch() + 1;
        }
        return new Verdict(
                cluster.mix(),
                failure,
                cluster.timeline().hash(),
                cluster.timeline().events(),
                cluster.oracle().acknowledgedRecords(),
                groups.acknowledgedCommits(),
                groups.takeovers(),
                reigns,
                cluster.timeline().nowMs(),
                cluster.struck(),
                cluster.timeline().trace());
    }

    private void play() {
        var timeline = cluster.timeline();
        long chaosMs = cluster.mix().chaosMs();
        timeline.runUntil(chaosMs);
        nemesis.heal();
        groups.heal();
        timeline.note(11, 0, 0, 0, () -> "healed");
        timeline.runUntil(chaosMs + STEP_MS);
        producers.forEach(SimProducer::stop);
        String unfinished = "";
        for (long ms = chaosMs; ms < chaosMs + HEAL_MS && unfinished != null; ms += STEP_MS) {
            nemesis.repair();
            timeline.runUntil(ms + 2 * STEP_MS);
            unfinished = unfinished();
            unfinished = unfinished == null ? groups.unfinished() : unfinished;
        }
        if (unfinished != null) {
            throw new Violation("does not recover: " + unfinished);
        }
        for (int number = 0; number < cluster.mix().logs(); number++) {
            var leader = cluster.node(cluster.partition(number).leader());
            cluster.oracle().checkOnce(leader.replica(number));
            for (int id : cluster.partition(number).replicas()) {
                cluster.oracle().checkDisk(cluster.node(id).replica(number));
            }
        }
        groups.checkStates();
    }

    /// What is still to come until all is well; `null` when it is.
    private String unfinished() {
        for (int number = 0; number < cluster.mix().logs(); number++) {
            var unfinished = unfinished(number);
            if (unfinished != null) {
                return "partition %d: %s".formatted(number, unfinished);
            }
        }
        for (int id = 0; id < producers.size(); id++) {
            if (!producers.get(id).isDone()) {
                return "producer %d waits".formatted(id);
            }
        }
        return null;
    }

    private String unfinished(int number) {
        var partition = cluster.partition(number);
        if (partition.leader() == PartitionImage.NO_LEADER) {
            return "no leader: " + partition;
        }
        if (partition.reassigning()
                || !new HashSet<>(partition.isr()).equals(new HashSet<>(partition.replicas()))) {
            return "not all in sync: " + partition;
        }
        var leader = cluster.node(partition.leader()).replica(number);
        if (leader.leader() == null
                || leader.leader().leaderEpoch() != partition.leaderEpoch()
                || leader.leader().highWatermark() != leader.log().logEndOffset()) {
            return "node %d does not lead: %s".formatted(partition.leader(), partition);
        }
        for (int id : partition.replicas()) {
            if (!cluster.node(id).isAlive() || !cluster.node(id).replica(number).isOfToday()) {
                return "node %d is away".formatted(id);
            }
            if (cluster.node(id).replica(number).isWithdrawn()) {
                return "node %d cannot use its disk".formatted(id);
            }
        }
        for (int id : partition.replicas()) {
            if (cluster.mix().has(Fault.BIT_ROT) && isRotten(cluster.node(id).replica(number))) {
                return "node %d may have to mend what has rotted".formatted(id);
            }
        }
        for (int id : partition.replicas()) {
            if (!isCopy(cluster.node(id).replica(number), leader)) {
                return "node %d has not what node %d has".formatted(id, partition.leader());
            }
        }
        return null;
    }

    /// Only what is durable is scrubbed.
    private static boolean isRotten(SimReplica replica) {
        return !replica.flushNow() || replica.scrub();
    }

    private static boolean isCopy(SimReplica replica, SimReplica leader) {
        var log = replica.log();
        var truth = leader.log();
        boolean same =
                log.logEndOffset() == truth.logEndOffset()
                        && log.highWatermark() == truth.highWatermark()
                        && log.logStartOffset() >= truth.logStartOffset();
        for (long at = log.logStartOffset(); same && at < log.logEndOffset(); at++) {
            same = log.record(at) == truth.record(at) && log.epoch(at) == truth.epoch(at);
        }
        return same;
    }
}
