package io.moldau.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.FollowerEffect.Open;
import io.moldau.broker.replication.FollowerEffect.TruncateTo;
import io.moldau.broker.replication.LeaderEffect.Accept;
import io.moldau.broker.replication.LeaderEffect.Truncate;
import io.moldau.metadata.PartitionImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What befell others, played with a leader and a follower that talk to each other.
///
/// Each of these bugs is also planted into the simulator, which has to find it. Those that one
/// replica alone can have are in [LeaderReplicaTest] and [FollowerReplicaTest], with their numbers.
class ClassicBugsTest {
    private static final int LEADER = 1;
    private static final int FOLLOWER = 2;

    /// Classic bug 1, KIP-101: a follower restarts with a high watermark that is behind, and is
    /// elected before it has fetched again. What it had is still there.
    @Test
    void aRestartedFollowerKeepsWhatTheHighWatermarkDoesNotCoverYet() {
        // given
        var restarted = ListLog.of("1 1 1").committedTo(1);

        // when
        converge(ListLog.of("1 1 1").reignOf(2), restarted, 2);

        // then
        assertThat(restarted.logEndOffset()).isEqualTo(3);
    }

    /// Classic bug 2, KAFKA-6361, KIP-279: leaders changed twice in quick succession, and the two
    /// logs part before the last epoch that either of them knows.
    @Test
    void logsConvergeAfterTwoQuickChangesOfTheLeader() {
        // given
        var truth = ListLog.of("0 0 1 1 4 4").reignOf(5);
        var follower = ListLog.of("0 0 0 0 2 2 2 3");

        // when
        int cuts = converge(truth, follower, 5);

        // then
        assertThat(follower.logEndOffset()).isEqualTo(2);
        assertThat(cuts).isGreaterThan(1);
    }

    /// Classic bug 3, KAFKA-10706, KAFKA-15608: many elections with no record between them, on both
    /// sides.
    @Test
    void anIdleFollowerIsAcceptedAfterElectionsWithoutRecords() {
        // given
        var follower = ListLog.of("1 1").reignOf(7);

        // when
        int cuts = converge(ListLog.of("1 1").reignOf(9), follower, 9);

        // then
        assertThat(cuts).isZero();
        assertThat(follower.logEndOffset()).isEqualTo(2);
    }

    /// Classic bug 8, KIP-966: the last replica standing lost its tail and is a follower now; what
    /// it still has of an epoch that went on elsewhere stays.
    @Test
    void aReplicaThatLostItsTailKeepsTheRest() {
        // given
        var survivor = ListLog.of("1 1 2 2 2").reignOf(3);
        var lost = ListLog.of("1 1 2");

        // when
        int cuts = converge(survivor, lost, 3);

        // then
        assertThat(cuts).isZero();
        assertThat(lost.logEndOffset()).isEqualTo(3);
    }

    /// Classic bug 17: a flipped bit or a cut in a minority's log: recovery cut it, and its peers
    /// have the rest.
    @Test
    void aDamagedFollowerIsRepairedFromWhereItsLogIsWhole() {
        // given
        var damaged = ListLog.of("").committedTo(0);

        // when
        int cuts = converge(ListLog.of("1 1 2 2").reignOf(3), damaged, 3);

        // then
        assertThat(cuts).isZero();
        assertThat(damaged.logEndOffset()).isZero();
    }

    /// Lets the follower open until the leader accepts. Returns how often it had to cut.
    private static int converge(ListLog leaderLog, ListLog followerLog, int epoch) {
        var all = List.of(LEADER, FOLLOWER);
        var image =
                new PartitionImage(
                        LEADER, epoch, epoch, all, List.of(LEADER), List.of(), List.of());
        var settings = ReplicationSettings.DEFAULT;
        var leader = new LeaderReplica(LEADER, image, leaderLog, settings, 0);
        leader.step(new LeaderEvent.MetadataChanged(image, _ -> 1, 1), 0);
        var follower = new FollowerReplica(image, followerLog, settings, 0);

        var open = (Open) follower.step(new FollowerEvent.Connected(1), 0).getFirst();
        for (int cuts = 0; cuts < 10; cuts++) {
            var opened =
                    new LeaderEvent.FollowerOpened(
                            FOLLOWER,
                            1,
                            cuts,
                            open.leaderEpoch(),
                            open.fetchOffset(),
                            open.lastFetchedEpoch());
            switch (leader.step(opened, 0).getFirst()) {
                case Accept _ -> {
                    return cuts;
                }
                case Truncate(_, _, var lastEpoch, var endOffset) ->
                        open = cutAndOpened(follower, followerLog, lastEpoch, endOffset);
                default -> throw new AssertionError("neither accepted nor told to cut");
            }
        }
        throw new AssertionError("the logs do not converge");
    }

    private static Open cutAndOpened(
            FollowerReplica follower, ListLog log, int epoch, long endOffset) {
        var effects = follower.step(new FollowerEvent.Diverged(1, epoch, endOffset), 0);
        log.truncateTo(((TruncateTo) effects.getFirst()).offset());
        return (Open) effects.getLast();
    }
}
