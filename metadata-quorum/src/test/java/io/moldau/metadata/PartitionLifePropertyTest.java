package io.moldau.metadata;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.isr;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.metadata.Outcome.Accepted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.common.config.ConfigResource;

/// Nodes come, go, stop and lose their disks in any order, while leaders report who is in sync,
/// operators move partitions, and records are committed whenever the high watermark may move.
class PartitionLifePropertyTest {
    private static final int NODES = 5;

    sealed interface Step {
        record Restart(int node, boolean clean) implements Step {}

        record LoseDisk(int node) implements Step {}

        record Fence(int node) implements Step {}

        record Unfence(int node) implements Step {}

        record Stop(int node) implements Step {}

        record Unregister(int node) implements Step {}

        /// The leader reports the nodes of the bit set, as far as it could know them in sync.
        record Report(int partition, int bits) implements Step {}

        /// One node cannot use its replica; with `lost` its log is not what it was.
        record GiveUp(int node, int partition, boolean lost) implements Step {}

        record Elect(int partition, boolean unclean) implements Step {}

        record Move(int partition, List<Integer> target) implements Step {}

        record CallOff(int partition) implements Step {}

        record MinIsr(int number) implements Step {}

        record Unclean(boolean allowed) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var node = Arbitraries.integers().between(1, NODES);
        var partition = Arbitraries.integers().between(0, 2);
        var bool = Arbitraries.of(true, false);
        var target =
                node.list().ofMinSize(1).ofMaxSize(4).map(ids -> List.copyOf(new HashSet<>(ids)));
        var life =
                Arbitraries.<Step>oneOf(
                        Combinators.combine(node, bool).as(Step.Restart::new),
                        node.map(Step.Fence::new),
                        node.map(Step.Unfence::new),
                        node.map(Step.Unfence::new),
                        node.map(Step.Unfence::new),
                        node.map(Step.Stop::new));
        var rare =
                Arbitraries.<Step>oneOf(
                        node.map(Step.LoseDisk::new),
                        Combinators.combine(node, partition, bool).as(Step.GiveUp::new),
                        Combinators.combine(node, partition, bool).as(Step.GiveUp::new),
                        node.map(Step.Unregister::new),
                        Arbitraries.integers().between(1, 3).map(Step.MinIsr::new),
                        bool.map(Step.Unclean::new),
                        Combinators.combine(partition, bool).as(Step.Elect::new),
                        Combinators.combine(partition, target).as(Step.Move::new),
                        partition.map(Step.CallOff::new));
        var report =
                Combinators.combine(partition, Arbitraries.integers().between(0, 63))
                        .as((p, bits) -> (Step) new Step.Report(p, bits));
        return Arbitraries.frequencyOf(Tuple.of(6, life), Tuple.of(2, rare), Tuple.of(6, report))
                .list()
                .ofMaxSize(80);
    }

    /// Whatever happens, the shape of a partition is sound and its epochs tell of every change.
    @Property(tries = 1500)
    void everyPartitionStaysSound(@ForAll("steps") List<Step> steps) {
        var image = start();
        for (var step : steps) {
            var after = follow(step, image);
            for (int i = 0; i < 3; i++) {
                assertSound(partition(i, after), after);
                assertEpochs(partition(i, image), partition(i, after));
            }
            image = after;
        }
    }

    /// As long as anyone alive or dead is known to hold all that was committed, no one leads who
    /// does not, unless the topic allows it.
    @Property(tries = 3000)
    void noLeaderLacksWhatWasCommitted(@ForAll("steps") List<Step> steps) {
        var image = start();
        var complete = new ArrayList<Set<Integer>>();
        for (int i = 0; i < 3; i++) {
            complete.add(new HashSet<>(partition(i, image).isr()));
        }
        boolean unclean = false;
        for (var step : steps) {
            var after = follow(step, image);
            unclean = step instanceof Step.Unclean(boolean allowed) ? allowed : unclean;
            for (int i = 0; i < 3; i++) {
                boolean forced =
                        unclean || (step instanceof Step.Elect(int p, boolean un) && p == i && un);
                if (image != after) {
                    if (step instanceof Step.Report(int p, int bits) && p == i) {
                        complete.get(i).addAll(members(bits, partition(i, image)));
                    }
                    if (step instanceof Step.GiveUp(int n, int p, boolean lost) && p == i && lost) {
                        complete.get(i).remove(n);
                    }
                    advance(step, partition(i, after), complete.get(i), forced, after);
                }
            }
            image = after;
        }
    }

    private static void advance(
            Step step,
            PartitionImage now,
            Set<Integer> complete,
            boolean unclean,
            ClusterImage image) {
        switch (step) {
            case Step.Restart(int node, boolean clean) when !clean -> complete.remove(node);
            case Step.LoseDisk(int node) -> complete.remove(node);
            case Step.Restart _,
                    Step.LoseDisk _,
                    Step.Fence _,
                    Step.Unfence _,
                    Step.Stop _,
                    Step.Unregister _,
                    Step.Report _,
                    Step.GiveUp _,
                    Step.Elect _,
                    Step.Move _,
                    Step.CallOff _,
                    Step.MinIsr _,
                    Step.Unclean _ -> {}
        }
        complete.retainAll(now.replicas()); // Who is no replica deletes its log.
        if (now.leader() == NO_LEADER) {
            return;
        }
        if (complete.isEmpty() || (unclean && !complete.contains(now.leader()))) {
            complete.clear();
            complete.add(now.leader()); // Its log is all there is from now on.
        }
        assertThat(complete).contains(now.leader());
        if (now.isr().size() >= Math.min(minIsr(image), now.replicas().size())) {
            complete.clear(); // Something more may be committed at any time.
        }
        complete.addAll(now.isr()); // They have caught up with the leader.
    }

    private static ClusterImage start() {
        var image = Images.cluster(NODES);
        var replicas = List.of(List.of(1, 2, 3), List.of(2, 3), List.of(4));
        for (int i = 0; i < 3; i++) {
            image =
                    Images.after(
                            new CreateTopic(
                                    "t" + i,
                                    id(i + 1),
                                    -1,
                                    (short) -1,
                                    List.of(replicas.get(i)),
                                    Map.of(),
                                    0),
                            image);
        }
        return image;
    }

    private static PartitionImage partition(int topic, ClusterImage image) {
        return Objects.requireNonNull(image.partition("t" + topic, 0));
    }

    private static ClusterImage follow(Step step, ClusterImage image) {
        var decision = MetadataMachine.decide(command(step, image), image);
        if (!(decision.outcome() instanceof Accepted)) {
            assertThat(decision.image()).isSameAs(image);
        }
        return decision.image();
    }

    private static MetadataCommand command(Step step, ClusterImage image) {
        return switch (step) {
            case Step.Restart(int id, boolean clean) ->
                    node(id, image.parts().lastNodeEpoch() + 100, null, clean);
            case Step.LoseDisk(int id) -> otherDisk(id, image);
            case Step.Fence(int id) -> new FenceNode(id, epoch(id, image));
            case Step.Unfence(int id) -> new UnfenceNode(id, epoch(id, image));
            case Step.Stop(int id) -> new BeginShutdown(id, epoch(id, image));
            case Step.Unregister(int id) -> new UnregisterNode(id);
            case Step.Report(int topic, int bits) -> report(topic, bits, image);
            case Step.GiveUp(int id, int topic, boolean lost) ->
                    new GiveUpReplica(
                            id,
                            epoch(id, image),
                            id(topic + 1),
                            0,
                            partition(topic, image).leaderEpoch(),
                            lost);
            case Step.Elect(int topic, boolean unclean) ->
                    new ElectLeaders(
                            unclean ? ElectionType.UNCLEAN : ElectionType.PREFERRED,
                            List.of(new TopicPartitions("t" + topic, List.of(0))));
            case Step.Move(int topic, var target) ->
                    new AlterReassignments(List.of(new Reassignment("t" + topic, 0, target)));
            case Step.CallOff(int topic) ->
                    new AlterReassignments(List.of(new Reassignment("t" + topic, 0, null)));
            case Step.MinIsr(int number) -> forAll("min.insync.replicas", "" + number);
            case Step.Unclean(boolean allowed) ->
                    forAll("unclean.leader.election.enable", "" + allowed);
        };
    }

    private static MetadataCommand report(int topic, int bits, ClusterImage image) {
        var members = members(bits, partition(topic, image));
        return isr(id(topic + 1), 0, image, members.toArray(Integer[]::new));
    }

    private static Set<Integer> members(int bits, PartitionImage partition) {
        var members = new HashSet<Integer>();
        for (int id : partition.replicas()) {
            if ((bits & (1 << id)) != 0 || id == partition.leader()) {
                members.add(id);
            }
        }
        return members;
    }

    private static RegisterNode otherDisk(int id, ClusterImage image) {
        long drawn = image.parts().lastNodeEpoch() + 1000;
        var same = node(id, drawn, null, false);
        return new RegisterNode(
                id,
                id(drawn),
                id(drawn),
                same.endpoints(),
                same.clusterAddress(),
                null,
                same.featureLevel(),
                same.knownEpoch(),
                false);
    }

    private static MetadataCommand forAll(String name, String value) {
        return new AlterConfigs(
                new ConfigResource(ConfigResource.Type.BROKER, ""),
                List.of(ConfigChange.set(name, value)),
                false);
    }

    private static long epoch(int id, ClusterImage image) {
        return image.node(id) == null ? -1 : Images.epoch(id, image);
    }

    private static int minIsr(ClusterImage image) {
        return PartitionRules.of("t0", image).minIsr();
    }

    private static void assertSound(PartitionImage partition, ClusterImage image) {
        var rules = PartitionRules.of("t0", image);
        assertThat(partition.replicas()).doesNotHaveDuplicates().isNotEmpty();
        assertThat(partition.replicas()).containsAll(partition.isr());
        assertThat(partition.isr()).doesNotHaveDuplicates().allMatch(rules::live);
        assertThat(partition.leader() == NO_LEADER).isEqualTo(partition.isr().isEmpty());
        assertThat(partition.leader() == NO_LEADER || partition.isr().contains(partition.leader()))
                .isTrue();
        assertThat(partition.elr()).noneMatch(partition.isr()::contains);
        assertThat(partition.replicas()).containsAll(partition.elr());
        if (!partition.elr().isEmpty()) {
            assertThat(partition.isr().size())
                    .isLessThan(Math.min(rules.minIsr(), partition.replicas().size()));
        }
        assertThat(partition.replicas()).containsAll(partition.addingReplicas());
        assertThat(partition.replicas()).containsAll(partition.removingReplicas());
        assertThat(partition.addingReplicas()).noneMatch(partition.removingReplicas()::contains);
        if (partition.leader() == NO_LEADER) {
            assertThat(partition.elr()).noneMatch(rules::eligible);
        } else {
            assertThat(partition.lastKnownElr()).isEmpty();
        }
    }

    private static void assertEpochs(PartitionImage before, PartitionImage after) {
        assertThat(after.leaderEpoch()).isGreaterThanOrEqualTo(before.leaderEpoch());
        assertThat(after.partitionEpoch())
                .isEqualTo(before.partitionEpoch() + (after.equals(before) ? 0 : 1));
        if (after.leader() != before.leader()) {
            assertThat(after.leaderEpoch()).isEqualTo(before.leaderEpoch() + 1);
        }
    }
}
