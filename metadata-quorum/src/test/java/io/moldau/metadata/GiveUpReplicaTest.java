package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.epoch;
import static io.moldau.metadata.Images.error;
import static io.moldau.metadata.Images.fence;
import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.isr;
import static io.moldau.metadata.Images.unfence;
import static io.moldau.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class GiveUpReplicaTest {
    private static final boolean LOST = true;

    private ClusterImage image = cluster(3);

    private void topic(int minInSync, Integer... replicas) {
        var configs = Map.of("min.insync.replicas", Integer.toString(minInSync));
        image =
                after(
                        new CreateTopic(
                                "t",
                                id(99),
                                -1,
                                (short) -1,
                                List.of(List.of(replicas)),
                                configs,
                                0),
                        image);
    }

    private PartitionImage partition() {
        return Objects.requireNonNull(image.partition("t", 0));
    }

    private GiveUpReplica by(int node, boolean lost) {
        return new GiveUpReplica(
                node, epoch(node, image), id(99), 0, partition().leaderEpoch(), lost);
    }

    private void givesUp(int node, boolean lost) {
        image = after(by(node, lost), image);
    }

    @Test
    void aLeaderWhoseDiskFailsIsSucceededAtOnceByOneInSync() {
        topic(1, 1, 2, 3);

        givesUp(1, LOST);

        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(2, 3);
    }

    @Test
    void aFollowerWhoseDiskFailsLeavesTheIsrAndNothingElseChanges() {
        topic(1, 1, 2, 3);

        givesUp(3, LOST);

        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isZero();
        assertThat(partition().isr()).containsExactly(1, 2);
        assertThat(partition().partitionEpoch()).isEqualTo(1);
    }

    /// Its leader may have asked for it to be in sync again, on the strength of what it has lost.
    @Test
    void whatAFollowerToldOfRecordsThatItLostCountsNoMore() {
        topic(1, 1, 2, 3);
        givesUp(3, LOST);
        var itsLeaders = isr(id(99), 0, image, 1, 2, 3);

        givesUp(3, LOST);

        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(1, 2);
        assertThat(error(itsLeaders, image)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void theOnlyReplicaGoesOnInANewEpoch() {
        topic(1, 1);

        givesUp(1, LOST);

        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    /// A full disk has lost nothing, so the replica that is left knows all that was acknowledged.
    @Test
    void theLastInSyncGoesOnIfItHasLostNothing() {
        topic(2, 1, 2);
        image = after(fence(2, image), image);

        givesUp(1, !LOST);

        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().elr()).containsExactly(2);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void theLastInSyncThatMayHaveLostSomethingWaitsForOneThatHasAll() {
        topic(2, 1, 2);
        image = after(fence(2, image), image);

        givesUp(1, LOST);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).containsExactly(2);
        image = after(unfence(2, image), image);
        assertThat(partition().leader()).isEqualTo(2);
    }

    /// It was away when the last one failed, and is eligible: it takes over when it is told.
    @Test
    void whoBecomesAvailableLaterTakesOverWhenAskedAgain() {
        topic(2, 1, 2);
        image = after(fence(2, image), image);
        givesUp(1, !LOST);
        image = after(unfence(2, image), image);
        assertThat(partition().leader()).isEqualTo(1);

        givesUp(1, !LOST);

        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void whoIsEligibleAndMayHaveLostSomethingIsSoNoMore() {
        topic(2, 1, 2);
        image = after(fence(2, image), image);
        assertThat(partition().elr()).containsExactly(2);

        givesUp(2, !LOST);
        assertThat(partition().elr()).containsExactly(2);
        givesUp(2, LOST);

        assertThat(partition().elr()).isEmpty();
        assertThat(partition().leader()).isEqualTo(1);
    }

    @Test
    void whoIsNotInSyncAndHasLostNothingHasNothingToGiveUp() {
        topic(1, 1, 2);
        image = after(fence(2, image), image);
        image = after(unfence(2, image), image);

        var decision = MetadataMachine.decide(by(2, !LOST), image);

        assertThat(decision.image()).isSameAs(image);
        assertThat(decision.outcome()).isEqualTo(new Outcome.IsrChanged(partition()));
    }

    @Test
    void aWordFromAnotherEpochIsRefused() {
        topic(1, 1, 2);
        var early = by(1, LOST);
        givesUp(1, LOST);

        assertThat(error(early, image)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(error(new GiveUpReplica(2, 77, id(99), 0, 1, LOST), image))
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(error(new GiveUpReplica(2, epoch(2, image), id(98), 0, 1, LOST), image))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(new GiveUpReplica(2, epoch(2, image), id(99), 5, 1, LOST), image))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
