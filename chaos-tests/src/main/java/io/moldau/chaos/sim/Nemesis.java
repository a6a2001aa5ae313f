package io.moldau.chaos.sim;

import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.group.SimGroups;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.PartitionImage;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// Makes things go wrong, as the seed has it.
///
/// What is acknowledged is on `min.insync.replicas` nodes, so that fewer of them at a time may lose
/// what they have: a node that came back unclean counts until it is in sync again.
final class Nemesis {
    private static final Set<Fault> STRUCK_ELSEWHERE =
            EnumSet.of(
                    Fault.DELAY,
                    Fault.LAG,
                    Fault.COMMAND_LOSS,
                    Fault.COMMAND_AGAIN,
                    Fault.DROP,
                    Fault.DUPLICATE);

    private final SimCluster cluster;
    private final SimGroups groups;
    private final Map<Fault, Luck> lucks = new EnumMap<>(Fault.class);
    private final boolean[][] damaged;

    /// By node: what has rotted may not be found before the end.
    private final boolean[] rotten;

    private Uuid topic;
    private boolean over;

    Nemesis(SimCluster cluster, SimGroups groups) {
        this.cluster = cluster;
        this.groups = groups;
        var mix = cluster.mix();
        topic = cluster.metadata().newest().topic(Mix.TOPIC).id();
        rotten = new boolean[mix.nodes() + 1];
        damaged = new boolean[mix.nodes() + 1][mix.logs()];
        mix.everyMs()
                .forEach((fault, everyMs) -> {
                    lucks.put(fault, new Luck(mix.seed(), fault.name().hashCode()));
                    schedule(fault, everyMs);
                });
    }

    private void schedule(Fault fault, long everyMs) {
        var luck = lucks.get(fault);
        cluster.timeline()
                .in(
                        luck.between(everyMs / 3, everyMs * 2),
                        () -> {
                            if (!over) {
                                strike(fault, luck);
                                schedule(fault, everyMs);
                            }
                        });
    }

    private void strike(Fault fault, Luck luck) {
        var node = cluster.node(1 + luck.below(cluster.mix().nodes()));
        cluster.timeline()
                .note(
                        10,
                        fault.name().hashCode(),
                        node.id(),
                        0,
                        () -> fault + " at node " + node.id());
        if (!STRUCK_ELSEWHERE.contains(fault)) {
            cluster.onStruck(fault);
        }
        switch (fault) {
            case KILL -> kill(node, luck);
            case POWER_LOSS -> lose(node, luck, fault);
            case DAMAGE -> lose(node, luck, fault);
            case DISK_LOSS -> lose(node, luck, fault);
            case SHUTDOWN -> shutDown(node, luck);
            case PAUSE -> node.pause(luck.between(20, 1200));
            case CUT -> cut(node.id(), luck);
            case ISOLATION -> isolate(node, luck);
            case BREAK -> breakStream(luck);
            case DELAY, LAG, COMMAND_LOSS, COMMAND_AGAIN, DROP, DUPLICATE -> {} // Where they are.
            case FALSE_ALARM -> fence(node);
            case CONTROLLER_CHANGE -> cluster.controller().replace();
            case ELECTION ->
                    cluster.metadata().submit(new ElectLeaders(ElectionType.PREFERRED, null));
            case UNCLEAN_ELECTION ->
                    cluster.metadata().submit(new ElectLeaders(ElectionType.UNCLEAN, null));
            case RECREATION -> recreate(luck);
            case MIN_ISR -> changeMinIsr(luck);
            case REASSIGNMENT -> reassign(luck);
            case DELETION -> node.replica(luck.below(cluster.mix().partitions())).deleteRecords();
            case CLOCK -> node.clock(0.3 + luck.below(300) / 100.0, luck.below(300));
            case CRASH_LOOP -> crashAgain(node, luck, luck.between(2, 6));
            case FAILED_SYNC -> failSyncs(node, luck);
            case BIT_ROT -> rot(node, luck);
            case FULL_DISK -> fill(node, luck);
            case SLOW_DISK -> node.slowDisk(luck.between(100, 2000));
            case SNAPSHOT -> jump(node, luck);
            case COORDINATOR -> disturb(groups.coordinator(luck), luck);
            case MEMBER_CRASH, MEMBER_PAUSE, MEMBER_LEAVE -> groups.strikeMember(fault, luck);
        }
    }

    /// A log of which a sync has failed stays closed until its node starts again. Where records are
    /// synced before they are promised nothing is lost by that; but whoever lost a disk meanwhile
    /// needs somebody who kept his.
    private void failSyncs(SimNode node, Luck luck) {
        boolean losesDisks =
                cluster.mix().has(Fault.DISK_LOSS)
                        || cluster.mix().has(Fault.DAMAGE)
                        || cluster.mix().has(Fault.BIT_ROT);
        boolean keepsPromises = cluster.mix().flushes() && !losesDisks;
        if (!node.isAlive() || !(keepsPromises || mayLose(node.id()))) {
            return;
        }
        Arrays.fill(damaged[node.id()], true);
        node.store().failSyncs(1 + cluster.mix().logs());
        for (int partition = 0; partition < cluster.mix().logs(); partition++) {
            var _ = node.replica(partition).flushNow();
        }
        node.store().repair();
        long life = node.life();
        cluster.timeline()
                .in(
                        luck.between(100, 1500),
                        () -> {
                            if (node.lives(life)) {
                                kill(node, luck);
                            }
                        });
    }

    private void rot(SimNode node, Luck luck) {
        if (node.isAlive() && mayLose(node.id())) {
            Arrays.fill(damaged[node.id()], true);
            rotten[node.id()] = true;
            try {
                node.store().rot(luck.below(cluster.mix().logs()));
            } catch (UncheckedIOException full) {
                cluster.timeline().note(16, node.id(), 0, 0, full::getMessage);
            }
        }
    }

    private void fill(SimNode node, Luck luck) {
        node.store().fill(luck.between(0, 400));
        cluster.timeline().in(luck.between(20, 800), () -> node.store().repair());
    }

    private void crashAgain(SimNode node, Luck luck, long times) {
        if (node.isAlive()) {
            node.kill();
        }
        cluster.timeline()
                .in(
                        luck.between(1, 40),
                        () -> {
                            if (!node.isAlive()) {
                                node.start();
                            }
                            if (times > 1 && !over) {
                                cluster.timeline()
                                        .in(
                                                luck.between(1, 80),
                                                () -> crashAgain(node, luck, times - 1));
                            }
                        });
    }

    /// It hears nothing for a while, and then everything at once.
    private void jump(SimNode node, Luck luck) {
        node.isolated(true);
        cluster.timeline()
                .in(
                        luck.between(50, 800),
                        () -> {
                            long life = node.life();
                            node.deliver(life, () -> groups.jump(node));
                            node.isolated(false);
                        });
    }

    private void disturb(SimNode coordinator, Luck luck) {
        if (coordinator == null) {
            return;
        }
        switch (luck.below(4)) {
            case 0 -> kill(coordinator, luck);
            case 1 -> coordinator.pause(luck.between(20, 1200));
            case 2 -> isolate(coordinator, luck);
            default -> fence(coordinator);
        }
    }

    private void restartIn(SimNode node, long ms) {
        cluster.timeline()
                .in(
                        ms,
                        () -> {
                            if (!node.isAlive()) {
                                node.start();
                            }
                        });
    }

    private void kill(SimNode node, Luck luck) {
        if (node.isAlive()) {
            node.kill();
            restartIn(node, luck.chance(0.3) ? 1 : luck.between(10, 800));
        }
    }

    private void lose(SimNode node, Luck luck, Fault fault) {
        boolean keepsPromises = cluster.mix().flushes() && fault == Fault.POWER_LOSS;
        if (!node.isAlive() || !(keepsPromises || mayLose(node.id()))) {
            return;
        }
        Arrays.fill(damaged[node.id()], true);
        switch (fault) {
            case DAMAGE -> node.damage();
            case DISK_LOSS -> node.loseDisk();
            default -> node.losePower();
        }
        restartIn(node, luck.chance(0.3) ? 1 : luck.between(10, 800));
    }

    private boolean mayLose(int id) {
        for (int partition = 0; partition < cluster.mix().logs(); partition++) {
            int lost = 1;
            for (int other = 1; other < damaged.length; other++) {
                lost += other != id && damaged[other][partition] ? 1 : 0;
            }
            if (lost >= cluster.mix().minIsr()) {
                return false;
            }
        }
        return true;
    }

    /// A node that is in sync again has everything again.
    void onImage(ClusterImage image) {
        if (image.topic(Mix.TOPIC) == null) {
            return; // Between two of that name.
        }
        if (!image.topic(Mix.TOPIC).id().equals(topic)) {
            // Whoever was away when it was made has nothing to lose, and is no help to the others.
            topic = image.topic(Mix.TOPIC).id();
            for (var lost : damaged) {
                Arrays.fill(lost, 0, cluster.mix().partitions(), true);
            }
        }
        for (var node : cluster.nodes()) {
            var known = image.node(node.id());
            if (!node.isAlive() || !known.incarnation().equals(node.incarnation())) {
                continue;
            }
            for (int partition = 0; partition < cluster.mix().logs(); partition++) {
                if (cluster.partition(partition).isr().contains(node.id())
                        && !rotten[node.id()]
                        && !node.replica(partition).hasLost()) {
                    damaged[node.id()][partition] = false;
                }
            }
        }
    }

    private void shutDown(SimNode node, Luck luck) {
        if (node.isAlive()) {
            long life = node.life();
            Runnable stop =
                    () -> {
                        if (node.lives(life)) {
                            node.stopInOrder();
                            restartIn(node, luck.between(1, 500));
                        }
                    };
            node.beginShutdown(stop);
            // Nobody waits for ever.
            cluster.timeline().in(luck.between(20, 600), () -> node.deliver(life, stop));
        }
    }

    private void cut(int source, Luck luck) {
        int others = cluster.mix().nodes() - 1;
        int target = 1 + (source + luck.below(others)) % cluster.mix().nodes();
        boolean bothWays = luck.chance(0.5);
        long ms = luck.between(20, 1500);
        boolean breaks = luck.chance(0.5);
        cluster.network().cut(source, target);
        if (bothWays) {
            cluster.network().cut(target, source);
        }
        cluster.timeline()
                .in(
                        ms,
                        () -> {
                            cluster.network().mend(source, target);
                            cluster.network().mend(target, source);
                        });
        for (var stream : List.copyOf(cluster.streams())) {
            int follower = stream.follower.node().id();
            int leader = stream.leader.node().id();
            boolean concerned =
                    (follower == source && leader == target)
                            || (follower == target && leader == source);
            if (breaks && concerned) {
                stream.breakIn(luck.between(10, 1000), luck.between(10, 1000));
            }
        }
    }

    private void isolate(SimNode node, Luck luck) {
        node.isolated(true);
        cluster.timeline().in(luck.between(20, 1500), () -> node.isolated(false));
    }

    private void breakStream(Luck luck) {
        var streams = cluster.streams();
        if (!streams.isEmpty()) {
            streams.get(luck.below(streams.size())).breakIn(luck.below(300), luck.below(300));
        }
    }

    private void fence(SimNode node) {
        var known = cluster.metadata().newest().node(node.id());
        cluster.metadata().submit(new FenceNode(node.id(), known.nodeEpoch()));
    }

    /// A move that is called off, or overtaken by the next, takes away replicas that it had brought
    /// in sync: then fewer than `min.insync.replicas` may be left that have what was acknowledged.
    /// Who does that must not lose a disk as well.
    private void reassign(Luck luck) {
        int partition = luck.below(cluster.mix().logs());
        if (cluster.mix().mayLose() && cluster.partition(partition).reassigning()) {
            return;
        }
        var target = luck.chance(0.2) ? null : SimCluster.replicas(cluster.mix(), luck);
        var move =
                new Reassignment(cluster.topicOf(partition), cluster.numberOf(partition), target);
        cluster.metadata().submit(new AlterReassignments(List.of(move)));
    }

    /// A topic whose only replica in sync loses its disk has no leader ever after: where disks are
    /// lost, all nodes are there when it is made.
    private void recreate(Luck luck) {
        var image = cluster.metadata().newest();
        boolean allWell = true;
        for (var node : cluster.nodes()) {
            var known = image.node(node.id());
            allWell &=
                    node.isAlive()
                            && !known.fenced()
                            && known.incarnation().equals(node.incarnation());
        }
        if (allWell || !cluster.mix().mayLose()) {
            cluster.recreateTopic(luck);
        }
    }

    /// Never below what the seed promises by.
    private void changeMinIsr(Luck luck) {
        long minIsr = luck.between(cluster.mix().minIsr(), cluster.mix().replicas());
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Mix.TOPIC);
        var change = ConfigChange.set(SimCluster.MIN_ISR, Long.toString(minIsr));
        cluster.metadata().submit(new AlterConfigs(topic, List.of(change), false));
    }

    /// An operator who allows that records are lost has someone lead wherever nobody does.
    void repair() {
        boolean leaderless = false;
        for (int partition = 0; partition < cluster.mix().logs(); partition++) {
            leaderless |= cluster.partition(partition).leader() == PartitionImage.NO_LEADER;
        }
        if (leaderless && cluster.mix().allowsUncleanElections()) {
            cluster.metadata().submit(new ElectLeaders(ElectionType.UNCLEAN, null));
        }
    }

    /// No fault from now on, and those that last end.
    void heal() {
        over = true;
        cluster.network().heal();
        cluster.metadata().heal();
        for (var node : cluster.nodes()) {
            node.resume();
            node.isolated(false);
            node.clock(1, 0);
            node.store().repair();
            if (!node.isAlive()) {
                node.start();
            }
        }
    }
}
