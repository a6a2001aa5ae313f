package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.epoch;
import static io.moldau.metadata.Images.error;
import static io.moldau.metadata.Images.fence;
import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.isr;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.unfence;
import static io.moldau.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.ObserveOnly;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.metadata.Outcome.ShutdownBegun;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class NodeDecisionsTest {
    /// Nodes 1, 2 and 3 keep `t`, led by 1; node 1 alone keeps `alone`.
    private static ClusterImage threeNodes(int minIsr) {
        var configs = Map.of("min.insync.replicas", Integer.toString(minIsr));
        var image = cluster(3);
        image =
                after(
                        new CreateTopic(
                                "t", id(1), -1, (short) -1, List.of(List.of(1, 2, 3)), configs, 0),
                        image);
        return after(
                new CreateTopic("alone", id(2), -1, (short) -1, List.of(List.of(1)), Map.of(), 0),
                image);
    }

    private static PartitionImage t(ClusterImage image) {
        return image.partition("t", 0);
    }

    private static ClusterImage fenced(ClusterImage image, int... ids) {
        for (int id : ids) {
            image = after(fence(id, image), image);
        }
        return image;
    }

    @Test
    void movesLeadershipFromAFencedNodeToTheNextInSync() {
        var image = fenced(threeNodes(1), 1);

        assertThat(t(image).leader()).isEqualTo(2);
        assertThat(t(image).isr()).containsExactly(2, 3);
        assertThat(t(image).leaderEpoch()).isEqualTo(1);
        assertThat(t(image).partitionEpoch()).isEqualTo(1);
        assertThat(image.partition("alone", 0).leader()).isEqualTo(NO_LEADER);
        assertThat(image.partition("alone", 0).elr()).containsExactly(1);
    }

    @Test
    void keepsTheLeaderEpochWhenAFollowerIsFenced() {
        var image = fenced(threeNodes(1), 3);

        assertThat(t(image).leader()).isEqualTo(1);
        assertThat(t(image).isr()).containsExactly(1, 2);
        assertThat(t(image).leaderEpoch()).isZero();
        assertThat(t(image).partitionEpoch()).isEqualTo(1);
    }

    @Test
    void keepsThoseEligibleWhoLeaveBelowMinInsyncReplicas() {
        var image = fenced(threeNodes(3), 3);
        assertThat(t(image).isr()).containsExactly(1, 2);
        assertThat(t(image).elr()).containsExactly(3);

        image = fenced(image, 1, 2);

        assertThat(t(image).leader()).isEqualTo(NO_LEADER);
        assertThat(t(image).isr()).isEmpty();
        assertThat(t(image).elr()).containsExactly(1, 2, 3);
        assertThat(t(image).lastKnownElr()).containsExactly(2);
    }

    @Test
    void theLastReplicaToDieIsEligibleAndTheLastKnown() {
        var image = fenced(threeNodes(1), 1, 3, 2);

        assertThat(t(image).leader()).isEqualTo(NO_LEADER);
        assertThat(t(image).elr()).containsExactly(2);
        assertThat(t(image).lastKnownElr()).containsExactly(2);
    }

    @Test
    void theFirstEligibleReplicaToReturnLeads() {
        var image = fenced(threeNodes(3), 1, 2, 3);

        image = after(node(3, 33, null), image);
        assertThat(t(image).leader()).isEqualTo(NO_LEADER);
        image = after(unfence(3, image), image);

        assertThat(t(image).leader()).isEqualTo(3);
        assertThat(t(image).isr()).containsExactly(3);
        assertThat(t(image).elr()).containsExactly(1, 2);
        assertThat(t(image).lastKnownElr()).isEmpty();
    }

    /// Classic bug 8, which KIP-966 ended: the last replica standing crashes, loses its tail, and
    /// leads again all the same while others had all that was committed.
    @Test
    void theLastReplicaStandingDoesNotLeadAfterACrashWhereAnotherHasAll() {
        var image = fenced(threeNodes(2), 3, 2, 1);
        assertThat(t(image).elr()).containsExactly(1, 2);

        image = after(node(1, 11, null, false), image);
        image = after(unfence(1, image), image);
        assertThat(t(image).leader()).isEqualTo(NO_LEADER);
        assertThat(t(image).elr()).containsExactly(2);

        image = after(node(2, 22, null), image);
        image = after(unfence(2, image), image);
        assertThat(t(image).leader()).isEqualTo(2);
    }

    @Test
    void theLastLeaderLeadsWhereNoOneIsEligibleAnyMore() {
        var image = fenced(threeNodes(2), 3, 2, 1);
        image = after(node(2, 22, null, false), image);
        image = after(unfence(2, image), image);
        image = after(node(1, 11, null, false), image);
        assertThat(t(image).elr()).isEmpty();
        assertThat(t(image).leader()).isEqualTo(NO_LEADER);

        image = after(unfence(1, image), image);

        assertThat(t(image).leader()).isEqualTo(1);
    }

    @Test
    void aNodeThatLostItsDiskIsNotLeaderOfWhatOthersKept() {
        var image = fenced(threeNodes(1), 3, 2, 1);
        var same = node(1, 11, null);
        var otherDisk =
                new RegisterNode(
                        1,
                        id(11),
                        id(4711),
                        same.endpoints(),
                        same.clusterAddress(),
                        null,
                        same.featureLevel(),
                        same.knownEpoch(),
                        true);

        image = after(otherDisk, image);
        image = after(unfence(1, image), image);

        assertThat(t(image).leader()).isEqualTo(NO_LEADER);
        assertThat(image.partition("alone", 0).leader()).isEqualTo(1);
        assertThat(image.node(1).directoryId()).isEqualTo(id(4711));
    }

    @Test
    void refusesAnotherDirectoryWhileTheNodeIsAlive() {
        var image = threeNodes(1);
        var same = node(1, 11, null);
        var otherDisk =
                new RegisterNode(
                        1,
                        id(11),
                        id(4711),
                        same.endpoints(),
                        null,
                        null,
                        same.featureLevel(),
                        same.knownEpoch(),
                        true);

        assertThat(error(otherDisk, image)).isEqualTo(Errors.DUPLICATE_BROKER_REGISTRATION);
    }

    @Test
    void aRestartedNodeTakesItsPlaceAtOnceUnderANewEpoch() {
        var image = threeNodes(1);
        long former = epoch(1, image);

        image = after(node(1, 11, null, false), image);

        assertThat(image.node(1).fenced()).isTrue();
        assertThat(epoch(1, image)).isGreaterThan(former);
        assertThat(t(image).leader()).isEqualTo(2);
        assertThat(error(new FenceNode(1, former), image)).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(error(new UnfenceNode(1, former), image)).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    /// Classic bug 19: sent before the crash, it arrives when the node's next life has registered
    /// already.
    @Test
    void refusesARegistrationThatComesLate() {
        var image = threeNodes(1);
        long known = epoch(1, image);
        var late = RegisterNode.lone(1, id(11), id(1001), List.of(), null, known);
        image = after(RegisterNode.lone(1, id(12), id(1001), List.of(), null, known), image);

        assertThat(error(late, image)).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void fencingAndUnfencingTwiceChangesNothing() {
        var image = threeNodes(1);
        assertThat(after(unfence(1, image), image)).isSameAs(image);

        var fenced = fenced(image, 1);

        assertThat(after(fence(1, fenced), fenced)).isSameAs(fenced);
        assertThat(error(new FenceNode(9, 1), image)).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void leadershipMovesAwayBeforeANodeStops() {
        var image = threeNodes(1);

        var decision = MetadataMachine.decide(new BeginShutdown(1, epoch(1, image)), image);

        assertThat(decision.outcome()).isEqualTo(new ShutdownBegun(0));
        assertThat(t(decision.image()).leader()).isEqualTo(2);
        assertThat(t(decision.image()).isr()).containsExactly(2, 3);
        assertThat(decision.image().partition("alone", 0).leader()).isEqualTo(1);
        assertThat(decision.image().node(1).shuttingDown()).isTrue();
    }

    @Test
    void aStoppingLeaderHandsOverToTheFirstThatCatchesUp() {
        var image = after(isr(id(1), 0, threeNodes(1), 1), threeNodes(1));
        var stopping = MetadataMachine.decide(new BeginShutdown(1, epoch(1, image)), image);
        assertThat(stopping.outcome()).isEqualTo(new ShutdownBegun(1));
        assertThat(t(stopping.image()).leader()).isEqualTo(1);

        image = after(isr(id(1), 0, stopping.image(), 1, 3), stopping.image());

        assertThat(t(image).leader()).isEqualTo(3);
        assertThat(t(image).isr()).containsExactly(3);
        assertThat(MetadataMachine.decide(new BeginShutdown(1, epoch(1, image)), image).outcome())
                .isEqualTo(new ShutdownBegun(0));
    }

    @Test
    void forgetsANodeAndKeepsItsReplicas() {
        var image = after(new UnregisterNode(1), threeNodes(1));

        assertThat(image.node(1)).isNull();
        assertThat(t(image).leader()).isEqualTo(2);
        assertThat(t(image).replicas()).containsExactly(1, 2, 3);
        assertThat(error(new UnregisterNode(1), image)).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void anOperatorsWordAboutAVoteOutlivesARestart() {
        var image = after(new ObserveOnly(1, true), threeNodes(1));

        image = after(node(1, 21, null), image);
        assertThat(image.node(1).observerOnly()).isTrue();
        image = after(unfence(1, image), image);
        assertThat(image.node(1).observerOnly()).isTrue();
        assertThat(after(new ObserveOnly(1, false), image).node(1).observerOnly()).isFalse();
        assertThat(error(new ObserveOnly(4, true), image))
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void anUncleanElectionIsHeldOnceTheTopicAllowsIt() {
        var image = fenced(threeNodes(1), 2, 3, 1);
        image = after(unfence(3, image), image);
        assertThat(t(image).leader()).isEqualTo(NO_LEADER);

        var allow = ConfigChange.set("unclean.leader.election.enable", "true");
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, "t");
        image = after(new AlterConfigs(topic, List.of(allow), false), image);

        assertThat(t(image).leader()).isEqualTo(3);
        assertThat(t(image).isr()).containsExactly(3);
        assertThat(t(image).elr()).isEmpty();
        assertThat(t(image).lastKnownElr()).isEmpty();
    }

    /// The loss of a node that keeps 10,000 partitions is decided while clients wait.
    @Test
    void fencesANodeOfTenThousandPartitionsInMilliseconds() {
        var image = cluster(3);
        for (int i = 0; i < 100; i++) {
            image = after(Images.topic("many" + i, 100 + i, 100, 3), image);
        }
        image = after(Images.topic("small", 1, 3, 3), image);
        long best = Long.MAX_VALUE;
        ClusterImage after = image;
        for (int i = 0; i < 10; i++) {
            long began = System.nanoTime();
            after = fenced(image, 1);
            best = Math.min(best, System.nanoTime() - began);
        }

        assertThat(after.partition("many7", 7).isr()).hasSize(2).doesNotContain(1);
        assertThat(best).isLessThan(100_000_000);
    }
}
