package io.moldau.broker.partition;

import static io.moldau.broker.partition.Answers.errorOf;
import static io.moldau.broker.partition.Answers.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.log.AppendResult;
import io.moldau.log.LogConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
    private static final String LEADER = "leader.replication.throttled.replicas";
    private static final String FOLLOWER = "follower.replication.throttled.replicas";
    private static final int BATCH = 100_000;
    private static final long RATE = 10L * BATCH;
    private static final long NO_RATE = Long.MAX_VALUE;

    @TempDir Path root;
    private ReplicationRig rig;

    @BeforeEach
    void open() {
        rig = new ReplicationRig(root, ReplicationSettings.DEFAULT);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void followersHaveWhatWasAcknowledged() {
        // given
        var leader = rig.start(1);
        var second = rig.start(2);
        var third = rig.start(3);
        rig.createTopic(1, 2, 3);

        // when
        var answer = Answers.of(leader.produce(true, "a", "b"));
        Answers.of(leader.produce(true, "c"));

        // then
        assertThat(answer).isInstanceOf(AppendResult.Appended.class);
        assertThat(second.values()).containsExactly("a", "b", "c");
        assertThat(third.values()).containsExactly("a", "b", "c");
    }

    @Test
    void aProducerThatComesBeforeTheNewLeaderKnowsIsAnsweredByIt() {
        // given
        rig.earlyWait(20_000);
        rig.start(1);
        var next = rig.start(2);
        rig.createTopic(1, 2);

        // when
        var early = List.of(next.produce(true, "a"), next.produce(false, "b"));
        boolean answered = early.stream().anyMatch(CompletableFuture::isDone);
        rig.fence(1);

        // then
        assertThat(answered).isFalse();
        assertThat(early).allSatisfy(answer -> assertThat(errorOf(answer)).isEqualTo(Errors.NONE));
        assertThat(next.values()).containsExactly("a", "b");
    }

    @Test
    void aProducerThatComesToAFollowerIsTurnedAwayAfterAMoment() {
        // given
        rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);

        // when
        var error = errorOf(follower.produce(true, "a"));

        // then
        assertThat(error).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(follower.values()).isEmpty();
    }

    @Test
    void aFormerLeaderTurnsProducersAwayAtOnce() {
        // given
        var former = rig.start(1);
        rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(former.produce(true, "a"));
        rig.fence(1);

        // when
        var answer = former.produce(true, "b");
        former.ask(_ -> true); // Its shard has come to the append.

        // then
        assertThat(answer).isDone();
        assertThat(errorOf(answer)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void followersLearnWhatIsCommittedThoughNothingMoreIsWritten() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);

        // when
        Answers.of(leader.produce(true, "a", "b"));

        // then
        eventually(() -> assertThat(follower.highWatermark()).isEqualTo(2));
    }

    @Test
    void aFollowerThatWasAwayComesBackIntoTheIsr() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        follower.close();
        rig.fence(2);

        // when
        Answers.of(leader.produce(true, "b"));
        var returned = rig.start(2);

        // then
        eventually(() -> assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(1, 2));
        assertThat(returned.values()).containsExactly("a", "b");
    }

    @Test
    void nothingIsAcknowledgedWhileAMemberOfTheIsrDoesNotHaveIt() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        follower.close();

        // when
        var waiting = leader.produce(true, "b");
        var once = errorOf(leader.produce(false, "c"));
        var late = errorOf(leader.produce(true, 50, "d"));
        boolean answered = waiting.isDone();
        rig.fence(2);

        // then
        assertThat(answered).isFalse();
        assertThat(once).isEqualTo(Errors.NONE);
        assertThat(late).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(errorOf(waiting)).isEqualTo(Errors.NONE);
    }

    @Test
    void tooFewReplicasAreRefusedBeforeAnythingIsWritten() {
        // given
        rig.requireInSync(2);
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        follower.close();
        rig.fence(2);

        // when
        var all = errorOf(leader.produce(true, "b"));
        var one = errorOf(leader.produce(false, "c"));

        // then
        assertThat(all).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(one).isEqualTo(Errors.NONE);
        assertThat(leader.values()).containsExactly("a", "c");
        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void whoeverWaitsIsToldWhenTooFewReplicasAreLeft() {
        // given
        rig.requireInSync(2);
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        follower.close();
        var waiting = leader.produce(true, "b");
        eventually(() -> assertThat(leader.logEndOffset()).isEqualTo(2));

        // when
        rig.fence(2);

        // then
        assertThat(errorOf(waiting)).isEqualTo(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    }

    @Test
    void aDeposedLeaderAnswersAtOnceAndAcknowledgesNothing() {
        // given
        var first = rig.start(1);
        rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(first.produce(true, "a"));
        first.cut();
        var waiting = first.produce(true, "lost");
        eventually(() -> assertThat(first.logEndOffset()).isEqualTo(2));

        // when
        rig.fence(1);

        // then
        assertThat(errorOf(waiting)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorOf(first.produce(false, "late"))).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void recordsThatWereNeverCommittedGiveWayToTheNewLeaders() {
        // given
        var first = rig.start(1);
        var second = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(first.produce(true, "a"));
        first.cut();
        Answers.of(first.produce(false, "lost", "lost, too"));
        rig.fence(1);
        Answers.of(second.produce(true, "b"));
        first.close();

        // when
        var returned = rig.start(1);

        // then
        eventually(() -> assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(1, 2));
        assertThat(returned.values()).containsExactly("a", "b");
        eventually(() -> assertThat(returned.highWatermark()).isEqualTo(2));
    }

    @Test
    void aFollowerCatchesUpWithMuchMoreThanMayBeUnderWay() {
        // given
        var leader = rig.start(1);
        rig.start(2).close();
        rig.createTopic(1, 2);
        rig.fence(2);
        var filler = "x".repeat(100_000);
        IntStream.range(0, 150).forEach(_ -> Answers.of(leader.produce(false, filler)));

        // when
        var follower = rig.start(2);

        // then
        eventually(() -> assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(1, 2));
        assertThat(follower.logEndOffset()).isEqualTo(150);
    }

    @Test
    void aFollowerPromisesOnlyWhatItHasFlushed() {
        // given
        rig.configure(LogConfig.defaults().with("flush.messages", "1"));
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);

        // when
        Answers.of(leader.produce(true, "a", "b"));

        // then
        assertThat(follower.<Long>ask(partition -> partition.log().recoveryPoint())).isEqualTo(2);
        assertThat(leader.<Long>ask(partition -> partition.log().recoveryPoint())).isEqualTo(2);
    }

    @Test
    void aFollowerServesReadersUpToWhatItKnowsToBeCommitted() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a", "b"));
        eventually(() -> assertThat(follower.highWatermark()).isEqualTo(2));

        // when
        var committed = follower.read(0);
        var atTheEnd = follower.read(2);
        var beyond = follower.read(3);

        // then
        assertThat(committed.error()).isEqualTo(Errors.NONE);
        assertThat(committed.highWatermark()).isEqualTo(2);
        assertThat(committed.takeSlice(Integer.MAX_VALUE).length()).isPositive();
        assertThat(atTheEnd.error()).isEqualTo(Errors.NONE);
        assertThat(beyond.error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void aDeposedLeaderThatCutItsLogDoesNotTellAReaderThatItIsOutOfRange() {
        // given
        var former = rig.start(1);
        var next = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(former.produce(true, "a", "b", "c"));
        eventually(() -> assertThat(next.highWatermark()).isEqualTo(3));
        rig.fence(1);
        eventually(() -> assertThat(former.partition().leadership().leader()).isEqualTo(2));
        var read = new FetchItem(former.partition(), 3, 1 << 20, -1).fromAnyReplica();

        // when
        var _ =
                former.ask(partition -> {
                    partition.log().truncateTo(1);
                    partition.read(read, null);
                    return true;
                });

        // then
        assertThat(read.error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void aFollowerSaysThatItWillHaveWhatItDoesNotKnowToBeCommitted() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.start(3).close();
        rig.createTopic(1, 2, 3);
        Answers.of(leader.produce(false, "a", "b")); // The third replica does not have it.
        eventually(() -> assertThat(follower.logEndOffset()).isEqualTo(2));

        // when
        var read = follower.read(1);

        // then
        assertThat(read.error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void aLeaderThatAMoveLeavesBehindSaysThatItDoesNotLead() {
        // given
        var leader = rig.start(1);
        rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        var partition = leader.partition();

        // when
        rig.decide(
                new io.moldau.metadata.MetadataCommand.AlterReassignments(
                        List.of(
                                new io.moldau.metadata.MetadataCommand.Reassignment(
                                        ReplicationRig.TOPIC, 0, List.of(2)))));
        eventually(() -> assertThat(leader.keepsPartition()).isFalse());
        var answer = new CompletableFuture<AppendResult>();
        var batch = PartitionsFixture.batch("late");
        partition.shard().execute(() -> partition.append(batch, true, 1_000, answer::complete));

        // then
        assertThat(errorOf(answer)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void recordsAreDeletedOnceEveryReplicaInSyncHasForgottenThem() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));
        Answers.of(leader.produce(true, "b"));

        // when
        var deleted = leader.deleteRecords(1, 10_000).orTimeout(20, TimeUnit.SECONDS).join();

        // then
        assertThat(deleted).isEqualTo(new DeletedUpTo(1, Errors.NONE));
        assertThat(follower.<Long>ask(partition -> partition.log().logStartOffset())).isEqualTo(1);
    }

    @Test
    void aDeletionWaitsForAReplicaInSyncAndForNoOther() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a", "b"));
        follower.cut();

        // when
        var late = leader.deleteRecords(1, 50);
        var waiting = leader.deleteRecords(2, 20_000);
        var timedOut = late.orTimeout(20, TimeUnit.SECONDS).join();
        boolean answered = waiting.isDone();
        rig.fence(2);

        // then
        assertThat(timedOut.error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(answered).isFalse();
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join())
                .isEqualTo(new DeletedUpTo(2, Errors.NONE));
    }

    @Test
    void aNodeThatIsNoReplicaAnyMoreRemovesItsFiles() {
        // given
        var leader = rig.start(1);
        var follower = rig.start(2);
        rig.start(3);
        rig.createTopic(1, 2);
        Answers.of(leader.produce(true, "a"));

        // when
        rig.decide(
                new io.moldau.metadata.MetadataCommand.AlterReassignments(
                        List.of(
                                new io.moldau.metadata.MetadataCommand.Reassignment(
                                        ReplicationRig.TOPIC, 0, List.of(1, 3)))));

        // then
        eventually(() -> assertThat(rig.metadata().replicas()).containsExactly(1, 3));
        eventually(() -> assertThat(follower.keepsPartition()).isFalse());
        assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void aFollowerOutOfSyncIsSentNoMoreThanTheLeaderMaySend() {
        // given
        rig.bound(new ReplicationQuotas(_ -> Map.of(LEADER, "0:1"), () -> RATE, () -> NO_RATE));

        // when
        long tookMs = catchUpMs(40 * BATCH);

        // then
        assertThat(tookMs).isBetween(2_000L, 10_000L); // A second's worth may pass at once.
    }

    @Test
    void aFollowerOutOfSyncTakesNoMoreThanItMay() {
        // given
        rig.bound(new ReplicationQuotas(_ -> Map.of(FOLLOWER, "*"), () -> NO_RATE, () -> RATE));

        // when
        long tookMs = catchUpMs(40 * BATCH);

        // then
        assertThat(tookMs).isBetween(1_500L, 15_000L);
    }

    @Test
    void replicasThatAreNotNamedAreNotBounded() {
        // given
        rig.bound(
                new ReplicationQuotas(
                        _ -> Map.of(LEADER, "0:2,1:1", FOLLOWER, "0:1"), () -> 1, () -> 1));

        // when
        long tookMs = catchUpMs(40 * BATCH);

        // then
        assertThat(tookMs).isLessThan(10_000);
    }

    private long catchUpMs(int bytes) {
        var leader = rig.start(1);
        rig.start(2).close();
        rig.createTopic(1, 2);
        rig.fence(2);
        var filler = "x".repeat(BATCH);
        for (int written = 0; written < bytes; written += BATCH) {
            Answers.of(leader.produce(false, filler));
        }
        long started = System.nanoTime();
        rig.start(2);
        eventually(() -> assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(1, 2));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }
}
