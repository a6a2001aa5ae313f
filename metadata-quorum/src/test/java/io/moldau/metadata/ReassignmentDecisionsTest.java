package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.fence;
import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.isr;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.unfence;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.Outcome.PartitionsAnswered;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReassignmentDecisionsTest {
    /// Five nodes; partition 0 of `t` is kept by 1, 2 and 3.
    private static ClusterImage start() {
        return after(
                new CreateTopic(
                        "t",
                        id(1),
                        -1,
                        (short) -1,
                        List.of(List.of(1, 2, 3)),
                        Map.of("min.insync.replicas", "2"),
                        0),
                cluster(5));
    }

    private static PartitionImage t(ClusterImage image) {
        return image.partition("t", 0);
    }

    private static ClusterImage move(ClusterImage image, Integer... target) {
        return after(
                new AlterReassignments(List.of(new Reassignment("t", 0, List.of(target)))), image);
    }

    private static ClusterImage calledOff(ClusterImage image) {
        return after(new AlterReassignments(List.of(new Reassignment("t", 0, null))), image);
    }

    private static Errors answer(ClusterImage image, Reassignment asked) {
        var decision = MetadataMachine.decide(new AlterReassignments(List.of(asked)), image);
        return ((PartitionsAnswered) decision.outcome()).answers().getFirst().error();
    }

    private static Errors election(ElectionType type, ClusterImage image) {
        var asked = List.of(new TopicPartitions("t", List.of(0)));
        var decision = MetadataMachine.decide(new ElectLeaders(type, asked), image);
        return ((PartitionsAnswered) decision.outcome()).answers().getFirst().error();
    }

    @Test
    void addsTheTargetFirstAndDropsTheRestOnceItIsInSync() {
        var image = move(start(), 4, 5, 1);
        assertThat(t(image).replicas()).containsExactly(4, 5, 1, 2, 3);
        assertThat(t(image).addingReplicas()).containsExactly(4, 5);
        assertThat(t(image).removingReplicas()).containsExactly(2, 3);
        assertThat(t(image).targetReplicas()).containsExactly(4, 5, 1);
        assertThat(t(image).leader()).isEqualTo(1);

        image = after(isr(id(1), 0, image, 1, 2, 3, 4), image);
        assertThat(t(image).reassigning()).isTrue();
        int epoch = t(image).leaderEpoch();
        image = after(isr(id(1), 0, image, 1, 2, 3, 4, 5), image);

        assertThat(t(image).replicas()).containsExactly(4, 5, 1);
        assertThat(t(image).isr()).containsExactly(1, 4, 5);
        assertThat(t(image).reassigning()).isFalse();
        assertThat(t(image).leaderEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void aLeaderThatIsNotPartOfTheTargetHandsOverInTheEnd() {
        var image = move(start(), 2, 3);

        assertThat(t(image).replicas()).containsExactly(2, 3);
        assertThat(t(image).leader()).isEqualTo(2);
        assertThat(t(image).reassigning()).isFalse();
    }

    @Test
    void anOrderIsChangedAtOnceAndTheNewPreferredLeaderCanBeElected() {
        var image = move(start(), 3, 2, 1);
        assertThat(t(image).leader()).isEqualTo(1);

        assertThat(election(ElectionType.PREFERRED, image)).isEqualTo(Errors.NONE);
        image =
                after(
                        new ElectLeaders(
                                ElectionType.PREFERRED,
                                List.of(new TopicPartitions("t", List.of(0)))),
                        image);

        assertThat(t(image).leader()).isEqualTo(3);
        assertThat(t(image).leaderEpoch()).isEqualTo(1);
    }

    @Test
    void calledOffItDropsWhatItHadAdded() {
        var image = calledOff(move(start(), 4, 5, 1));

        assertThat(t(image).replicas()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(t(image).isr()).containsExactly(1, 2, 3);
        assertThat(t(image).reassigning()).isFalse();
    }

    /// Found by the simulation, seed 2001452: the one that an earlier move had added and that led
    /// last was dropped, and led again later though it was no replica any more.
    @Test
    void aNewTargetKeepsWhoLedLastWhileNobodyIsInSync() {
        var image =
                after(
                        new CreateTopic(
                                "t", id(1), -1, (short) -1, List.of(List.of(1, 2)), Map.of(), 0),
                        cluster(5));
        image = move(image, 4, 3);
        image = after(isr(id(1), 0, image, 1, 2, 4), image);
        for (int gone : List.of(1, 2, 4)) {
            image = after(fence(gone, image), image);
        }
        assertThat(t(image).leader()).isEqualTo(PartitionImage.NO_LEADER);

        image = move(image, 1, 5);
        image = after(unfence(4, image), image);

        assertThat(t(image).replicas()).contains(1, 5, 4);
        assertThat(t(image).leader()).isEqualTo(4);
    }

    /// Two of the originals are away, and what the move has added stands in for them: whatever was
    /// acknowledged since is on node 1 and on node 4 only.
    private static ClusterImage leaningOnWhatWasAdded() {
        var image = start();
        image = after(fence(2, image), image);
        image = after(fence(3, image), image);
        image = move(image, 4, 5, 1);
        return after(isr(id(1), 0, image, 1, 4), image);
    }

    @Test
    void isNotCalledOffWhileTooFewOfTheOriginalsAreInSync() {
        var image = leaningOnWhatWasAdded();
        var off = new Reassignment("t", 0, null);
        assertThat(answer(image, off)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);

        image = after(unfence(2, image), image);
        image = after(isr(id(1), 0, image, 1, 2, 4), image);

        assertThat(answer(image, off)).isEqualTo(Errors.NONE);
        assertThat(t(calledOff(image)).isr()).containsExactly(1, 2);
    }

    @Test
    void aSecondMoveKeepsWhatTheFirstAddedUntilEnoughOthersAreInSync() {
        var image = move(leaningOnWhatWasAdded(), 1, 2, 3);
        assertThat(t(image).isr()).containsExactly(1, 4);
        assertThat(t(image).removingReplicas()).containsExactlyInAnyOrder(4, 5);

        image = after(unfence(2, image), image);
        image = after(isr(id(1), 0, image, 1, 2, 4), image);

        assertThat(t(image).replicas()).containsExactly(1, 2, 3);
        assertThat(t(image).isr()).containsExactly(1, 2);
        assertThat(t(image).reassigning()).isFalse();
    }

    @Test
    void aSecondMoveReplacesTheFirst() {
        var image = move(move(start(), 4, 2, 3), 5, 2, 3);

        assertThat(t(image).replicas()).containsExactly(5, 2, 3, 1);
        assertThat(t(image).addingReplicas()).containsExactly(5);
        assertThat(t(image).removingReplicas()).containsExactly(1);
    }

    /// A replica that is being moved away from may be dead: it does not hold up the move.
    @Test
    void aDeadReplicaCanBeReplaced() {
        var image = start();
        image = after(fence(3, image), image);
        image = move(image, 1, 2, 4);

        image = after(isr(id(1), 0, image, 1, 2, 4), image);

        assertThat(t(image).replicas()).containsExactly(1, 2, 4);
        assertThat(t(image).isr()).containsExactly(1, 2, 4);
    }

    @Test
    void waitsWhileTooFewOfTheTargetAreInSync() {
        var image = start();
        image = after(fence(2, image), image);
        image = move(image, 4, 2);

        image = after(isr(id(1), 0, image, 1, 3, 4), image);
        assertThat(t(image).reassigning()).isTrue();
        image = after(unfence(2, image), image);
        image = after(isr(id(1), 0, image, 1, 2, 3, 4), image);

        assertThat(t(image).replicas()).containsExactly(4, 2);
    }

    @Test
    void refusesWhatMakesNoSense() {
        var image = start();

        assertThat(answer(image, new Reassignment("t", 0, null)))
                .isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
        assertThat(answer(image, new Reassignment("t", 0, List.of())))
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(answer(image, new Reassignment("t", 0, List.of(1, 1))))
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(answer(image, new Reassignment("t", 0, List.of(1, 9))))
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(answer(image, new Reassignment("t", 1, List.of(1))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(answer(image, new Reassignment("u", 0, List.of(1))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void anElectionSaysWhyItIsNotHeld() {
        var image = start();
        assertThat(election(ElectionType.PREFERRED, image)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        assertThat(election(ElectionType.UNCLEAN, image)).isEqualTo(Errors.ELECTION_NOT_NEEDED);

        image = after(fence(1, image), image);
        assertThat(election(ElectionType.PREFERRED, image))
                .isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        image = after(fence(2, image), image);
        image = after(fence(3, image), image);

        assertThat(election(ElectionType.UNCLEAN, image))
                .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        var all = MetadataMachine.decide(new ElectLeaders(ElectionType.PREFERRED, null), image);
        assertThat(((PartitionsAnswered) all.outcome()).answers())
                .extracting(Outcome.PartitionAnswer::error)
                .containsExactly(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    /// Classic bug 7, KIP-903, KAFKA-15221: it was in sync in a life that it has left behind.
    @Test
    void aRebootedFollowerWithAStaleEpochStaysOutOfTheIsr() {
        var image = after(isr(id(1), 0, start(), 1, 2), start());
        var beforeReboot = isr(id(1), 0, image, 1, 2, 3);

        image = after(node(3, 33, null), image);
        image = after(unfence(3, image), image);

        assertThat(Images.error(beforeReboot, image)).isEqualTo(Errors.INELIGIBLE_REPLICA);
    }

    /// Classic bug 10: the leader does not know whether its change was made: asking again tells,
    /// and harms nothing.
    @Test
    void anIsrChangeThatIsAskedForTwiceIsMadeOnce() {
        var image = start();
        var change = isr(id(1), 0, image, 1, 2);
        image = after(change, image);

        assertThat(Images.error(change, image)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(t(image).isr()).containsExactly(1, 2);
        assertThat(t(image).partitionEpoch()).isEqualTo(1);
    }

    /// Classic bug 11, KAFKA-15021: neither one that is fenced nor one that is about to stop can
    /// hold up the high watermark.
    @Test
    void oneThatIsNotEligibleDoesNotJoinTheIsr() {
        var image = after(isr(id(1), 0, start(), 1), start());
        image = after(fence(2, image), image);
        image = after(new MetadataCommand.BeginShutdown(3, Images.epoch(3, image)), image);

        assertThat(Images.error(isr(id(1), 0, image, 1, 2), image))
                .isEqualTo(Errors.INELIGIBLE_REPLICA);
        assertThat(Images.error(isr(id(1), 0, image, 1, 3), image))
                .isEqualTo(Errors.INELIGIBLE_REPLICA);
    }

    /// Classic bug 6, KIP-320: a deposed leader does not know it yet.
    @Test
    void anIsrVoteFromAnOlderLeaderEpochIsRefused() {
        var image = start();
        var old = isr(id(1), 0, image, 1);
        image = after(fence(1, image), image);

        assertThat(Images.error(old, image)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void membersKeepTheirOrderUntilOneJoins() {
        var image = start();
        image = after(fence(1, image), image);
        assertThat(t(image).isr()).containsExactly(2, 3);
        image = after(unfence(1, image), image);

        image = after(isr(id(1), 0, image, 3, 2, 1), image);

        assertThat(t(image).isr()).containsExactly(1, 2, 3);
        assertThat(t(image).leader()).isEqualTo(2);
    }
}
