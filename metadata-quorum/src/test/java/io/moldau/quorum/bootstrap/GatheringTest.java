package io.moldau.quorum.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final int ENOUGH = 5;
    private static final String ABC = "a,b,c";
    private static final long SEED = 7;

    private final Town town = new Town(SEED);

    private static Set<Formation> clusters(Town.Node... nodes) {
        return Stream.of(nodes)
                .map(node -> node.formation().orElseThrow())
                .collect(Collectors.toSet());
    }

    /// Whatever the order of starts, the pauses between them, and who names whom.
    @Property(tries = 500)
    void namedNodesBecomeOneClusterOnly(@ForAll long seed) {
        // given
        var random = new Random(seed);
        var chance = new Town(seed);
        var names = new ArrayList<>(List.of("a", "b", "c"));
        java.util.Collections.shuffle(names, random);
        boolean all = random.nextBoolean();

        // when
        var nodes = new ArrayList<Town.Node>();
        for (var name : names) {
            var join =
                    all
                            ? ABC
                            : Stream.of("a", "b", "c")
                                    .filter(other -> !other.equals(name))
                                    .collect(Collectors.joining(","));
            nodes.add(chance.start(name, join));
            chance.rounds(random.nextInt(3));
        }
        chance.rounds(ENOUGH);

        // then
        var cluster = clusters(nodes.toArray(Town.Node[]::new));
        assertThat(cluster).hasSize(1);
        var voters = cluster.iterator().next().voters();
        assertThat(voters).extracting(Peer::nodeId).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(voters)
                .allMatch(voter -> voter.nodeId() == voter.address().host().charAt(0) - 'a' + 1);
    }

    /// A node that crashes while the others gather and comes back with or without its disk.
    @Property(tries = 500)
    void atMostOneClusterComesOfOneListWhateverCrashes(@ForAll long seed) {
        // given
        var random = new Random(seed);
        var chance = new Town(seed);
        var nodes = new ArrayList<Town.Node>();
        for (var name : List.of("a", "b", "c")) {
            nodes.add(chance.start(name, ABC));
        }

        // when
        for (int step = 0; step < 10; step++) {
            int victim = random.nextInt(3);
            nodes.get(victim).stop();
            chance.rounds(random.nextInt(2));
            if (random.nextInt(4) == 0) {
                nodes.set(victim, chance.start("abc".substring(victim, victim + 1), ABC));
            } else {
                nodes.get(victim).startAgain();
            }
        }
        chance.rounds(ENOUGH);

        // then
        assertThat(nodes)
                .flatExtracting(node -> node.formation().stream().toList())
                .extracting(Formation::clusterId)
                .hasSizeGreaterThan(0)
                .satisfies(ids -> assertThat(Set.copyOf(ids)).hasSize(1));
        assertThat(nodes)
                .filteredOn(node -> node.formation().isEmpty())
                .allMatch(node -> node.verdict() instanceof Verdict.Join);
    }

    @Test
    void waitsForTheOneThatIsMissingAndSaysWhich() {
        // given
        var a = town.start("a", ABC);
        var b = town.start("b", ABC);

        // when
        town.rounds(ENOUGH);

        // then
        assertThat(a.formation()).isEmpty();
        assertThat(b.formation()).isEmpty();
        assertThat(a.waitsFor()).contains("c:9094 (refused)").doesNotContain("b:9094");
    }

    @Test
    void oneAddressMayBeSpeltInManyWays() {
        // given
        var a = town.start("a,10.0.0.1,localhost:9094", "localhost,b,10.0.0.3");
        var b = town.start("b,10.0.0.2", "10.0.0.1,10.0.0.2,b,c");
        var c = town.start("c,10.0.0.3", ABC);

        // when
        town.rounds(ENOUGH);

        // then
        assertThat(clusters(a, b, c)).hasSize(1);
        assertThat(a.formation().orElseThrow().voters()).hasSize(3);
    }

    @Test
    void aFourthNodeWithTheSameListJoins() {
        // given
        var d = town.start("d", ABC);
        town.rounds(1);
        var founders = List.of(town.start("a", ABC), town.start("b", ABC), town.start("c", ABC));

        // when
        town.rounds(ENOUGH);

        // then
        var cluster = clusters(founders.toArray(Town.Node[]::new));
        assertThat(cluster).hasSize(1);
        assertThat(d.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Join.class,
                        join ->
                                assertThat(join.clusterId())
                                        .isEqualTo(cluster.iterator().next().clusterId()));
    }

    @Test
    void ofFiveThreeVoteAndTheOthersJoin() {
        var all = "a,b,c,d,e";
        var nodes = Stream.of(all.split(",", -1)).map(name -> town.start(name, all)).toList();

        town.rounds(ENOUGH);

        assertThat(nodes).filteredOn(node -> node.formation().isPresent()).hasSize(3);
        assertThat(nodes).filteredOn(node -> node.verdict() instanceof Verdict.Join).hasSize(2);
    }

    @Test
    void aNodeThatCrashedBeforeItHeardBelongsWhenItComesBack() {
        // given
        var nodes = List.of(town.start("a", ABC), town.start("b", ABC), town.start("c", ABC));
        town.rounds(1);
        for (int round = 0; nodes.stream().allMatch(node -> node.formation().isEmpty()); round++) {
            assertThat(round).isLessThan(ENOUGH);
            town.rounds(1);
        }
        var late = nodes.stream().filter(node -> node.formation().isEmpty()).findFirst();
        late.ifPresent(Town.Node::stop);
        town.rounds(2);

        // when
        late.ifPresent(Town.Node::startAgain);
        town.rounds(1);

        // then
        assertThat(clusters(nodes.toArray(Town.Node[]::new))).hasSize(1);
    }

    @Test
    void aWipedSeedIsAnotherNodeAndJoins() {
        // given
        var b = town.start("b", ABC);
        var c = town.start("c", ABC);
        town.start("a", ABC);
        town.rounds(ENOUGH);

        // when
        var wiped = town.start("a", ABC);
        town.rounds(1);

        // then
        assertThat(clusters(b, c)).hasSize(1);
        assertThat(wiped.verdict()).isInstanceOf(Verdict.Join.class);
    }

    @Test
    void aClusterOfOneIsJoinedBeforeAllHaveAnswered() {
        // given
        town.lone("a", "first");

        // when
        var b = town.start("b", ABC);
        town.rounds(1);

        // then
        assertThat(b.verdict()).isEqualTo(new Verdict.Join("first", Town.at("a")));
    }

    @Test
    void aStrangerIsRefusedAndBothClustersAreNamed() {
        // given
        town.lone("a", "mine");

        // when
        var stranger = town.start("b", ABC, OptionalInt.empty(), Optional.of("theirs"));
        town.rounds(1);

        // then
        assertThat(stranger.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Refuse.class,
                        refusal -> {
                            assertThat(refusal.otherCluster()).isTrue();
                            assertThat(refusal.sentence()).contains("mine", "theirs", "a:9094");
                        });
    }

    @Test
    void twoClustersAreNotMixed() {
        // given
        town.lone("a", "one");
        town.lone("b", "other");

        // when
        var c = town.start("c", ABC);
        town.rounds(1);

        // then
        assertThat(c.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Refuse.class,
                        refusal -> assertThat(refusal.sentence()).contains("one", "other"));
    }

    @Test
    void nothingIsFoundedWhileTheListsDisagree() {
        // given
        var a = town.start("a", "a,b");
        var b = town.start("b", ABC);
        var c = town.start("c", ABC);

        // when
        town.rounds(ENOUGH);

        // then
        assertThat(List.of(a, b, c)).allMatch(node -> node.formation().isEmpty());
        assertThat(List.of(a, b, c))
                .anyMatch(node -> node.waitsFor().contains("the same cluster.join"));
        assertThat(a.waitsFor())
                .contains("a:9094,b:9094,c:9094")
                .contains("this one a:9094,b:9094");
    }

    @Test
    void numbersThatWereAskedForAreKept() {
        // given
        var a = town.start("a", ABC);
        var b = town.start("b", ABC, OptionalInt.of(1), Optional.empty());
        var c = town.start("c", ABC, OptionalInt.of(7), Optional.of("named"));

        // when
        town.rounds(ENOUGH);

        // then
        var cluster = clusters(a, b, c).iterator().next();
        assertThat(cluster.clusterId()).isEqualTo("named");
        assertThat(cluster.voter(a.directoryId).orElseThrow().nodeId()).isEqualTo(2);
        assertThat(cluster.voter(b.directoryId).orElseThrow().nodeId()).isEqualTo(1);
        assertThat(cluster.voter(c.directoryId).orElseThrow().nodeId()).isEqualTo(7);
    }

    @Test
    void oneNumberForTwoNodesIsRefused() {
        // given
        var a = town.start("a", ABC, OptionalInt.of(1), Optional.empty());
        var b = town.start("b", ABC, OptionalInt.of(1), Optional.empty());

        // when
        town.rounds(ENOUGH);

        // then
        assertThat(List.of(a, b)).allMatch(node -> node.verdict() instanceof Verdict.Refuse);
    }
}
