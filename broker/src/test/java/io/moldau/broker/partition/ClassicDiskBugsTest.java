package io.moldau.broker.partition;

import static io.moldau.broker.partition.Answers.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.log.AppendResult;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.TestBatches;
import io.moldau.metadata.PartitionImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What befell others when disks and leaders failed together, played with real logs: classic bugs
/// 12, 17 and 18. Their list is in `docs/reliability.md`.
class ClassicDiskBugsTest {
    private static final String SEGMENT = ReplicationRig.TOPIC + "-0/00000000000000000000.log";
    private static final long PRODUCER = 77;

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

    private static void acknowledged(CompletableFuture<AppendResult> answer) {
        assertThat(Answers.of(answer)).isInstanceOf(Appended.class);
    }

    private static AppendResult send(ReplicationRig.Node leader, int sequence, int records) {
        var batch = TestBatches.batch().producer(PRODUCER, 0, sequence).records(records).build();
        return Answers.of(leader.produce(true, 10_000, batch));
    }

    private void awaitIsr(Integer... nodes) {
        eventually(() -> assertThat(rig.metadata().isr()).containsExactlyInAnyOrder(nodes));
    }

    /// Classic bug 12: the answer to a record was lost with its leader. The next leader knows the
    /// producer from what it was sent as a follower.
    @Test
    void aRetryAtTheNextLeaderIsAnsweredWithTheFirstOffset() {
        // given
        var first = rig.start(1);
        var second = rig.start(2);
        rig.createTopic(1, 2);
        send(first, 0, 3);
        send(first, 3, 2);
        rig.fence(1);

        // when
        var oldest = send(second, 0, 3);
        var newest = send(second, 3, 2);

        // then
        assertThat(oldest).isEqualTo(new Duplicate(0, 2, -1));
        assertThat(newest).isEqualTo(new Duplicate(3, 4, -1));
        assertThat(second.logEndOffset()).isEqualTo(5);
        assertThat(((Refused) send(second, 6, 1)).error())
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(second, 5, 1)).isInstanceOf(Appended.class);
    }

    /// Classic bug 12: a client has five batches under way to each node. It sent more of them to
    /// the next leader before it heard that those to the last one must be repeated.
    @Test
    void theOldestOfTwiceFiveBatchesUnderWayIsStillKnown() {
        // given
        var first = rig.start(1);
        var second = rig.start(2);
        rig.createTopic(1, 2);
        for (int i = 0; i < 5; i++) {
            send(first, i, 1);
        }
        rig.fence(1);
        for (int i = 5; i < 10; i++) {
            send(second, i, 1);
        }

        // when
        var again = IntStream.range(0, 5).mapToObj(i -> send(second, i, 1)).toList();

        // then
        assertThat(again)
                .isEqualTo(IntStream.range(0, 5).mapToObj(i -> new Duplicate(i, i, -1)).toList());
    }

    /// Classic bug 12: the next leader has restarted since, and knows the producer from a snapshot
    /// and from what came after it, or from its records alone.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRetryAtALeaderThatHasRestartedIsAnsweredWithTheFirstOffset(boolean orderly) {
        // given
        var first = rig.start(1);
        var second = rig.start(2);
        rig.createTopic(1, 2);
        send(first, 0, 3);
        var killed = rig.diskOf(2);
        second.close();
        rig.fence(2);
        if (!orderly) {
            killed.putBack();
        }
        var restarted = rig.start(2);
        awaitIsr(1, 2);
        send(first, 3, 2);
        rig.fence(1);

        // when
        var beforeTheRestart = send(restarted, 0, 3);
        var afterIt = send(restarted, 3, 2);

        // then
        assertThat(beforeTheRestart).isEqualTo(new Duplicate(0, 2, -1));
        assertThat(afterIt).isEqualTo(new Duplicate(3, 4, -1));
        assertThat(restarted.logEndOffset()).isEqualTo(5);
    }

    /// Classic bug 17: a flipped bit in the middle of a minority's log, found by the recovery after
    /// a kill. The damaged node does not lead, not even when it is the only one left, and what it
    /// lost it gets from its peers.
    @Test
    void aFlippedBitIsRepairedFromThePeers() {
        repairsFromItsPeers(disk -> {
            var bytes = disk.bytes(SEGMENT);
            bytes[bytes.length / 2] ^= 4;
            return disk.with(SEGMENT, bytes);
        });
    }

    /// Classic bug 17: half of the file is gone.
    @Test
    void aCutIsRepairedFromThePeers() {
        repairsFromItsPeers(disk -> {
            var bytes = disk.bytes(SEGMENT);
            return disk.with(SEGMENT, Arrays.copyOf(bytes, bytes.length / 2));
        });
    }

    private void repairsFromItsPeers(java.util.function.UnaryOperator<DiskImage> damage) {
        // given
        rig.requireInSync(2);
        var first = rig.start(1);
        rig.start(2);
        var third = rig.start(3);
        rig.createTopic(3, 1, 2);
        var values = IntStream.range(0, 20).mapToObj(i -> "value-" + i).toList();
        values.forEach(value -> acknowledged(third.produce(true, value)));
        var disk = rig.diskOf(3);
        third.close();
        rig.fence(3);
        damage.apply(disk).putBack();

        // when
        var damaged = rig.start(3, false);

        // then
        awaitIsr(1, 2, 3);
        assertThat(rig.metadata().leader()).isEqualTo(1);
        assertThat(damaged.values()).isEqualTo(values);
        assertThat(rig.diskOf(3).bytes(SEGMENT)).isEqualTo(rig.diskOf(1).bytes(SEGMENT));
        assertThat(first.values()).isEqualTo(values);
    }

    /// Classic bug 17: the others are away when the damaged node comes back. It has less than what
    /// was committed, so it does not lead, whoever waits.
    @Test
    void aDamagedNodeDoesNotLeadThoughItIsTheOnlyOneThere() {
        // given
        rig.requireInSync(2);
        var first = rig.start(1);
        rig.start(2);
        rig.start(3).close();
        rig.createTopic(1, 2);
        acknowledged(first.produce(true, "a"));
        acknowledged(first.produce(true, "b"));
        var disk = rig.diskOf(1);
        rig.fence(2);
        first.close();
        rig.fence(1);
        var bytes = disk.bytes(SEGMENT);
        disk.with(SEGMENT, Arrays.copyOf(bytes, bytes.length - 1)).putBack();

        // when
        var damaged = rig.start(1, false);
        int alone = rig.metadata().leader();
        rig.unfence(2);

        // then
        assertThat(alone).isEqualTo(PartitionImage.NO_LEADER);
        assertThat(rig.metadata().leader()).isEqualTo(2);
        awaitIsr(1, 2);
        assertThat(damaged.values()).containsExactly("a", "b");
    }

    /// Classic bug 17: it was only killed, so it believes to have all; but what it knows to have
    /// been committed is not there.
    @Test
    void aNodeThatMissesCommittedRecordsAfterAKillMakesWay() {
        // given
        rig.requireInSync(2);
        var first = rig.start(1);
        rig.start(2);
        rig.createTopic(1, 2);
        acknowledged(first.produce(true, "a"));
        acknowledged(first.produce(true, "b"));
        var disk = rig.diskOf(1);
        rig.fence(2);
        first.close();
        rig.fence(1);
        var bytes = disk.bytes(SEGMENT);
        disk.with(SEGMENT, Arrays.copyOf(bytes, bytes.length - 1)).putBack();

        // when
        var damaged = rig.start(1);
        eventually(() -> assertThat(rig.metadata().leader()).isEqualTo(PartitionImage.NO_LEADER));
        rig.unfence(2);

        // then
        eventually(() -> assertThat(rig.metadata().leader()).isEqualTo(2));
        awaitIsr(1, 2);
        assertThat(damaged.values()).containsExactly("a", "b");
    }

    /// Classic bug 18: one node is cut off, one is paused, and the third one's machine goes down
    /// with records that no disk had synced. Only the paused one still has them: until it is back
    /// there is no leader, and then nothing that was acknowledged is missing.
    @Test
    void unsyncedLossTogetherWithAPauseLosesNothing() {
        // given
        rig.requireInSync(2);
        var first = rig.start(1);
        var second = rig.start(2);
        var third = rig.start(3);
        rig.createTopic(1, 2, 3);
        acknowledged(first.produce(true, "a"));
        var synced = rig.diskOf(2);
        third.cut();
        rig.fence(3);
        acknowledged(first.produce(true, "b", "c"));

        // when
        rig.fence(1); // It is paused: the others do not hear of it.
        second.close();
        rig.fence(2);
        synced.putBack();
        var forgetful = rig.start(2, false);
        third.close();
        var behind = rig.start(3);
        int withoutThePaused = rig.metadata().leader();
        rig.unfence(1);

        // then
        assertThat(withoutThePaused).isEqualTo(PartitionImage.NO_LEADER);
        assertThat(rig.metadata().leader()).isEqualTo(1);
        awaitIsr(1, 2, 3);
        for (var node : List.of(first, forgetful, behind)) {
            assertThat(node.values()).containsExactly("a", "b", "c");
        }
    }

    /// Classic bug 18: the leader's machine goes down and is back before anyone noticed. Its log
    /// ends before what it had acknowledged, so another one leads.
    @Test
    void aLeaderThatLostItsTailWhileAFollowerIsCutOffDoesNotGoOn() {
        // given
        rig.requireInSync(2);
        var first = rig.start(1);
        rig.start(2);
        var third = rig.start(3);
        rig.createTopic(1, 2, 3);
        acknowledged(first.produce(true, "a"));
        var synced = rig.diskOf(1);
        third.cut();
        rig.fence(3);
        acknowledged(first.produce(true, "b"));

        // when
        first.close();
        synced.putBack();
        var back = rig.start(1, false);

        // then
        assertThat(rig.metadata().leader()).isEqualTo(2);
        awaitIsr(1, 2);
        assertThat(back.values()).containsExactly("a", "b");
    }
}
