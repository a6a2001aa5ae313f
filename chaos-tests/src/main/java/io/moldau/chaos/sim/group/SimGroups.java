package io.moldau.chaos.sim.group;

import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.broker.group.GroupSettings;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.metadata.MetadataState;
import io.moldau.metadata.SnapshotCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// All groups of one simulation, and their coordinators.
public final class SimGroups {
    private final SimCluster cluster;
    private final GroupJudge judge;
    private final List<SimCoordinator> coordinators;
    private final List<SimGroup> groups = new ArrayList<>();
    private long healedMs;

    public SimGroups(SimCluster cluster) {
        this.cluster = cluster;
        var names = new ArrayList<String>();
        for (int number = 0; number < cluster.mix().groups(); number++) {
            names.add("group" + number);
        }
        judge = new GroupJudge(cluster, names);
        if (names.isEmpty()) {
            coordinators = List.of();
            return;
        }
        cluster.metadata().listen(judge);
        coordinators = SimCoordinator.of(cluster, settings(cluster.mix().seed()), judge);
        for (var name : names) {
            groups.add(new SimGroup(name, groups.size(), cluster, judge, coordinators));
        }
    }

    /// Now and then offsets expire soon after their group has no members any more.
    private static GroupSettings settings(long seed) {
        var luck = new Luck(seed, 12);
        boolean expires = luck.chance(0.3);
        return new GroupSettings(
                1,
                60_000,
                luck.below(100),
                Integer.MAX_VALUE,
                4_096,
                expires ? luck.between(100, 1_000) : TimeUnit.DAYS.toMillis(7),
                expires ? luck.between(50, 300) : TimeUnit.MINUTES.toMillis(10));
    }

    /// Commits that were answered.
    public long acknowledgedCommits() {
        return judge.acknowledged();
    }

    /// How often a node began to coordinate a group.
    public long takeovers() {
        return judge.takeovers();
    }

    // ---- faults ----

    /// The node that coordinates one of the groups, if there is one.
    public SimNode coordinator(Luck luck) {
        var group = groups.get(luck.below(groups.size()));
        var seat = CoordinatorSeat.of(group.name(), cluster.metadata().newest()).orElseThrow();
        return seat.node() < 1 ? null : cluster.node(seat.node());
    }

    public void strikeMember(Fault fault, Luck luck) {
        var member = groups.get(luck.below(groups.size())).anyMember(luck);
        if (fault == Fault.MEMBER_PAUSE) {
            member.pause(luck.between(50, 1_500));
        } else if (fault == Fault.MEMBER_LEAVE) {
            member.leave();
        } else {
            member.crash();
        }
    }

    /// Gives a node what the one has that is furthest.
    public void jump(SimNode node) {
        SimCoordinator newest = null;
        for (var coordinator : coordinators) {
            if (newest == null || coordinator.applied() > newest.applied()) {
                newest = coordinator;
            }
        }
        if (newest == null) {
            node.apply(cluster.metadata().newestIndex());
        } else if (newest.applied() > coordinators.get(node.id() - 1).applied()) {
            var written = written(newest.state());
            var state = new MetadataState();
            read(written, state);
            if (!Arrays.equals(written, written(state))) {
                throw new Violation("a snapshot holds something else than was written");
            }
            int index = newest.applied();
            coordinators.get(node.id() - 1).jump(state, index);
            node.apply(index);
        }
    }

    private static byte[] written(MetadataState state) {
        var out = new ByteArrayOutputStream();
        try {
            SnapshotCodec.write(state, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void read(byte[] written, MetadataState state) {
        try {
            SnapshotCodec.read(state, new ByteArrayInputStream(written));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the end ----

    public void heal() {
        healedMs = cluster.timeline().nowMs();
        groups.forEach(SimGroup::resume);
    }

    /// What is still to come until all groups are stable; null when nothing is.
    public String unfinished() {
        for (var group : groups) {
            var unfinished = group.unfinished(healedMs);
            if (unfinished != null) {
                return unfinished;
            }
        }
        return null;
    }

    /// Every node has decided every command alike.
    public void checkStates() {
        byte[] expected = null;
        for (var coordinator : coordinators) {
            if (coordinator.applied() == cluster.metadata().newestIndex()) {
                var written = written(coordinator.state());
                if (expected != null && !Arrays.equals(expected, written)) {
                    throw new Violation(
                            "node %d has other metadata than the others"
                                    .formatted(coordinator.node().id()));
                }
                expected = written;
                for (var group : judge.groups()) {
                    judge.onRead(group, judge.known(group), coordinator.state().offsets());
                }
            }
        }
    }
}
