package io.moldau.chaos.drill;

import io.moldau.chaos.fault.FaultKind;
import io.moldau.chaos.fault.FaultKind.Family;
import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.run.ForeignNodes;
import io.moldau.chaos.run.ForeignNodes.Verb;
import io.moldau.chaos.run.Nodes;
import io.moldau.chaos.run.OwnNodes;
import io.moldau.chaos.timeline.RunClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;

/// The cluster of a run: our own, or somebody else's.
final class Clusters implements AutoCloseable {
    private static final int SMALL_DISK_MB_MIN = 512;
    private static final int RECORD_BYTES = 400;

    /// Segments roll and damage is looked for often enough to be seen in minutes.
    private static final List<String> SETTINGS =
            List.of(
                    "log.segment.bytes=4194304",
                    "log.scrub.interval.ms=5000",
                    "log.scrub.bytes.per.second=33554432",
                    "auto.create.topics.enable=false",
                    "default.replication.factor=3",
                    "min.insync.replicas=2",
                    "group.initial.rebalance.delay.ms=200");

    private final Nodes nodes;
    private final String name;
    private final Path home;

    private Clusters(Nodes nodes, String name, Path home) {
        this.nodes = nodes;
        this.name = name;
        this.home = home;
    }

    static Clusters start(DrillPlan plan) {
        return plan.target().map(target -> foreign(target, plan)).orElseGet(() -> ours(plan));
    }

    private static Clusters ours(DrillPlan plan) {
        var home = plan.out().resolve("nodes");
        OwnNodes.delete(home);
        var settings = new ArrayList<>(SETTINGS);
        settings.addAll(plan.overrides());
        boolean mayFill = plan.faults().contains(FaultKind.DISK_FULL);
        var nodes =
                OwnNodes.start(
                        new OwnNodes.Setup(
                                plan.executable(),
                                home,
                                plan.nodes(),
                                settings,
                                mayFill ? diskMb(plan) : 0));
        return new Clusters(nodes, "Moldau " + ownVersion(), home);
    }

    /// Room for everything that is written, twice.
    private static int diskMb(DrillPlan plan) {
        long bytes = 2L * plan.recordsPerSecond() * plan.lasts().toSeconds() * RECORD_BYTES;
        return (int) Math.max(SMALL_DISK_MB_MIN, bytes >> 20);
    }

    private static String ownVersion() {
        var version = OwnNodes.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }

    private static Clusters foreign(DrillPlan.Target target, DrillPlan plan) {
        try (var eye = new ClusterEye(target.bootstrap(), List.of(), RunClock.start())) {
            var ids =
                    ClusterEye.answer(eye.admin().describeCluster().nodes())
                            .orElseThrow(() ->
                                    new IllegalStateException(
                                            "nobody answers at " + target.bootstrap()))
                            .stream()
                            .map(Node::id)
                            .toList();
            return new Clusters(
                    new ForeignNodes(target.bootstrap(), ids, target.commands()),
                    target.name(),
                    plan.out());
        }
    }

    Nodes nodes() {
        return nodes;
    }

    String name() {
        return name;
    }

    /// Those of `kinds` that can be done to these nodes.
    static Set<FaultKind> possible(Set<FaultKind> kinds, Nodes nodes) {
        var possible = EnumSet.copyOf(kinds);
        switch (nodes) {
            case ForeignNodes foreign -> possible.removeIf(kind -> !canDo(foreign, kind));
            case OwnNodes own -> {
                if (own.smallDisk().isEmpty()) {
                    possible.remove(FaultKind.DISK_FULL);
                }
            }
            default -> throw new IllegalArgumentException("nodes of an unknown kind: " + nodes);
        }
        if (possible.isEmpty()) {
            throw new IllegalStateException("none of the faults can be done to this cluster");
        }
        return possible;
    }

    private static boolean canDo(ForeignNodes nodes, FaultKind kind) {
        if (!kind.isForeign()) {
            return false;
        }
        return switch (kind) {
            case KILL, FAST_RESTART -> nodes.can(Verb.KILL) && nodes.can(Verb.START);
            case TERM, ROLLING -> nodes.can(Verb.STOP) && nodes.can(Verb.START);
            case PAUSE -> nodes.can(Verb.PAUSE) && nodes.can(Verb.RESUME);
            default -> kind.family() == Family.ADMIN || kind.family() == Family.CLIENT;
        };
    }

    /// What was asked for and cannot be done here, and why.
    List<String> skipped(Set<FaultKind> asked) {
        var sentences = new ArrayList<String>();
        if (nodes instanceof OwnNodes own) {
            sentences.addAll(own.skipped());
        } else {
            var left = EnumSet.copyOf(asked);
            left.removeAll(possible(asked, nodes));
            if (!left.isEmpty()) {
                sentences.add(
                        left.stream().map(FaultKind::label).collect(Collectors.joining(", "))
                                + ": not possible on a cluster that is not ours");
            }
        }
        return sentences;
    }

    /// Of our own nodes; the history and the report stay.
    void deleteData() {
        if (nodes instanceof OwnNodes own) {
            own.close();
            OwnNodes.delete(home);
        }
    }

    @Override
    public void close() {
        nodes.close();
    }
}
