package io.moldau.quorum;

import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static io.moldau.quorum.TestCluster.PATIENCE;
import static io.moldau.quorum.TestCluster.decided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.quorum.QuorumConfig.Group;
import io.moldau.quorum.TestCluster.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MembershipTest {
    @TempDir Path temp;

    private static void done(CompletableFuture<?> change) {
        change.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /// A node that joins: it starts while the leader lets it in.
    private static void join(TestCluster cluster, Node joiner, boolean asVoter) {
        var leader = cluster.leader().quorum();
        var member = joiner.member();
        var started =
                CompletableFuture.runAsync(() ->
                        joiner.start(
                                new Group.Joining(
                                        TestCluster.CLUSTER, List.of(cluster.leader().member()))));
        done(leader.membership().add(member, asVoter));
        done(started);
    }

    /// Classic bug 20, RATIS-1911: a joiner begins with an empty configuration.
    @Test
    void growsANodeThatWasAloneAndServedToAQuorumOfThree() {
        try (var cluster = new TestCluster(temp).alone()) {
            var first = cluster.node(1);
            decided(first, node(1, 1, null));
            decided(first, topic("t", 1, 1, 1));

            first.open();
            join(cluster, cluster.added(2), true);
            join(cluster, cluster.added(3), true);

            assertThat(first.quorum().membership().voters())
                    .extracting(Member::nodeId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            first.kill();
            cluster.node(2).quorum().forceElection(1);
            decided(cluster.node(3), topic("u", 2, 1, 1));
            assertThat(cluster.node(3).quorum().image().topic("t")).isNotNull();
            first.restart();
            assertThat(first.quorum().image().topic("u")).isNotNull();
        }
    }

    @Test
    void keepsAListenerUpToDateAndMakesItAVoterAndAListenerAgain() {
        try (var cluster = new TestCluster(temp).founded(1)) {
            var voter = cluster.node(1).quorum();
            var joiner = cluster.added(2);
            join(cluster, joiner, false);
            assertThat(voter.membership().listeners())
                    .extracting(Member::nodeId)
                    .containsExactly(2);
            decided(joiner, node(2, 1, null));

            done(voter.membership().promote(joiner.member()));
            assertThat(voter.membership().voters()).hasSize(2);
            done(voter.membership().demote(joiner.member()));

            assertThat(voter.membership().voters()).hasSize(1);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(joiner.quorum().membership().listeners()).hasSize(1));
            decided(joiner, topic("t", 1, 1, 1));
            done(voter.membership().promote(joiner.member()));
            decided(joiner, topic("u", 2, 1, 1));
            assertThat(joiner.quorum().image().topic("t")).isNotNull();
        }
    }

    @Test
    void putsANewNodeInThePlaceOfADeadVoter() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            var gone = cluster.follower();
            gone.kill();
            var successor = cluster.added(4);
            var member = successor.member();

            var leader = cluster.leader().quorum();
            var started =
                    CompletableFuture.runAsync(() ->
                            successor.start(
                                    new Group.Joining(
                                            TestCluster.CLUSTER, leader.membership().voters())));
            done(leader.membership().replace(gone.member(), member));
            done(started);

            assertThat(leader.membership().voters())
                    .extracting(Member::nodeId)
                    .hasSize(3)
                    .contains(4)
                    .doesNotContain(gone.id);
            assertThat(decided(successor, node(4, 1, null))).isNotNull();
        }
    }

    /// In the log of the next leader the change has begun and has not ended: there a voter is among
    /// the listeners as well.
    @Test
    void leadsOnWhereTheLastLeaderEndedWhileAVoterBecameAListener() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            // given
            var leader = cluster.leader();
            var others = cluster.running().stream().filter(node -> node != leader).toList();
            var demoted = others.getFirst();
            demoted.kill();
            others.getLast().server().close();
            others.getLast().channels().close();
            var _ = leader.quorum().membership().demote(demoted.member());
            await().atMost(PATIENCE).until(() -> votersOf(leader) == 2);
            others.getLast().kill();
            await().atMost(PATIENCE).until(() -> !leader.quorum().isLeader());

            // when
            others.getLast().restart();

            // then
            decided(leader, node(1, 1, null));
            assertThat(leader.quorum().image().node(1)).isNotNull();
        }
    }

    private static int votersOf(Node node) {
        return node.quorum().membership().voters().size();
    }

    @Test
    void tellsANodeThatItWasRemoved() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            var removed = cluster.follower();
            var told = new CompletableFuture<String>();
            removed.quorum().onFailure(told::complete);

            done(cluster.leader().quorum().membership().remove(removed.member()));

            assertThat(told).succeedsWithin(PATIENCE).asString().contains("removed");
            removed.kill();
            decided(cluster.leader(), node(1, 1, null));
        }
    }

    @Test
    void changesMembersOnlyOnTheLeader() {
        try (var cluster = new TestCluster(temp).founded(2)) {
            var follower = cluster.follower();

            assertThat(follower.quorum().membership().remove(follower.member()))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(NotLeaderException.class);
        }
    }

    /// Classic bug 20, RATIS-2487.
    @Test
    void bringsBackANodeThatFellBehindThePurgedLogBySnapshot() {
        try (var cluster = new TestCluster(temp, Optional.empty(), 20).founded(3)) {
            decided(cluster.node(1), node(1, 1, null));
            var behind = cluster.follower();
            behind.kill();
            var leader = cluster.leader();
            for (int i = 1; i <= 150; i++) {
                decided(leader, topic("t" + i, i, 1, 1));
            }

            behind.restart();

            assertThat(behind.quorum().image().topics()).hasSize(150);
            decided(behind, topic("last", 151, 1, 1));
            behind.kill();
            behind.restart();
            assertThat(behind.quorum().image().topics()).hasSize(151);
        }
    }

    @Test
    void findsANodeThatComesBackOnAnotherAddress() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            var moved = cluster.follower();
            moved.kill();
            decided(cluster.leader(), node(1, 1, null));

            moved.restartElsewhere();

            assertThat(moved.quorum().image().node(1)).isNotNull();
        }
    }
}
