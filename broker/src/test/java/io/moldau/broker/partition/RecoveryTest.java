package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.FaultyDisk;
import io.moldau.broker.disk.Watermarks;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that starts after an unclean stop, with four logs to recover.
class RecoveryTest {
    private static final Uuid ORDERS = new Uuid(5, 6);
    private static final int PARTITIONS = 4;

    @TempDir Path root;
    private final FaultyDisk disk = new FaultyDisk();
    private final Shards shards = Shards.start(2, "recovery-test", Clock.system());
    private ClusterImage image = ClusterImage.empty();
    private DataDir directory;
    private LogStore store;
    private Partitions partitions;

    @BeforeEach
    void leaveLogsThatWereNotFlushed() {
        var killed = LogDirectory.open(root, Clock.system(), 64);
        for (int i = 0; i < PARTITIONS; i++) {
            killed.openLog(orders(i), ORDERS, LogConfig.defaults())
                    .append(
                            PartitionsFixture.batch("one", "two"),
                            AppendMode.CLIENT,
                            0,
                            System.currentTimeMillis());
        }
        killed.abandon();
        decide(new MetadataCommand.NameCluster("recovery-cluster-00001"));
        var endpoint = new NodeEndpoint("PLAINTEXT", "host", 9092, SecurityProtocol.PLAINTEXT);
        decide(
                MetadataCommand.RegisterNode.lone(
                        1, Uuid.randomUuid(), new Uuid(0, 1), List.of(endpoint), null, 100_000));
        long nodeEpoch = Objects.requireNonNull(image.node(1)).nodeEpoch();
        decide(new MetadataCommand.UnfenceNode(1, nodeEpoch));
        decide(MetadataCommand.CreateTopic.placed("orders", ORDERS, PARTITIONS, 1, Map.of(), 7));
    }

    private static TopicPartition orders(int index) {
        return new TopicPartition("orders", index);
    }

    private void decide(MetadataCommand command) {
        var before = image;
        image = MetadataMachine.decide(command, image).image().at(before.appliedIndex() + 1);
        if (partitions != null) {
            partitions.onPublished(before, image);
        }
    }

    private void start() {
        directory =
                DataDir.of(
                        LogDirectory.open(root, disk, Clock.system(), 64),
                        disk,
                        Watermarks.NONE,
                        0);
        store = new LogStore(List.of(directory));
        partitions =
                new Partitions(1, shards, store, Clock.system(), _ -> LogConfig.defaults(), _ -> 1);
        partitions.recoverWith(2);
        partitions.start(image);
    }

    @AfterEach
    void close() {
        disk.letGoOfAll();
        shards.close();
        if (directory != null) {
            store.close();
            directory.close();
        }
    }

    private static void eventually(org.awaitility.core.ThrowingRunnable holds) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(holds);
    }

    private long logEnd(int index) {
        var partition = ((Lookup.Found) partitions.leading(orders(index), -1)).partition();
        return CompletableFuture.supplyAsync(
                        () -> partition.ask(log -> log.logEndOffset(), -1L), partition.shard())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void recoversEveryLogThoughNobodyAsksForIt() {
        // when
        start();

        // then
        eventually(() -> assertThat(store.recovery().sentence()).isEmpty());
        assertThat(store.recovery().logsLeft(directory)).isZero();
        var logs = Objects.requireNonNull(directory.logs());
        assertThat(IntStream.range(0, PARTITIONS).mapToLong(i -> logs.bytesToRecover(orders(i))))
                .containsOnly(0L);
        assertThat(logEnd(3)).isEqualTo(2);
    }

    @Test
    void saysWhatIsLeftToDo() {
        // given
        disk.hold(root.resolve("orders-2"));

        // when
        start();

        // then
        eventually(() -> assertThat(store.recovery().logsLeft(directory)).isEqualTo(1));
        assertThat(store.recovery().sentence())
                .startsWith("Logs are recovered after an unclean stop: 1 to go, ");
        disk.letGo(root.resolve("orders-2"));
        eventually(() -> assertThat(store.recovery().sentence()).isEmpty());
    }

    /// The log of a topic that is deleted meanwhile must not be made anew.
    @Test
    void leavesNothingOfATopicThatIsDeletedMeanwhile() {
        // given
        IntStream.range(0, PARTITIONS).forEach(i -> disk.hold(root.resolve("orders-" + i)));
        start();

        // when
        decide(new MetadataCommand.DeleteTopic(ORDERS));
        IntStream.range(0, PARTITIONS).forEach(i -> disk.letGo(root.resolve("orders-" + i)));

        // then
        eventually(() -> assertThat(store.recovery().sentence()).isEmpty());
        eventually(
                () -> assertThat(Objects.requireNonNull(directory.logs()).partitions()).isEmpty());
    }

    /// And one that is made again under its name has nothing to wait for.
    @Test
    void aTopicThatIsMadeAgainMeanwhileBeginsEmpty() {
        // given
        disk.hold(root.resolve("orders-1"));
        start();

        // when
        decide(new MetadataCommand.DeleteTopic(ORDERS));
        decide(
                MetadataCommand.CreateTopic.placed(
                        "orders", new Uuid(7, 8), PARTITIONS, 1, Map.of(), 7));
        disk.letGo(root.resolve("orders-1"));

        // then
        eventually(() -> assertThat(logEnd(1)).isZero());
        assertThat(store.recovery().awaits(orders(1))).isFalse();
    }

    /// One of three replicas takes part again when its log is there.
    @Test
    void aReplicaFollowsOnceItsLogIsRecovered() {
        try (var rig = new ReplicationRig(root.resolve("rig"), ReplicationSettings.DEFAULT)) {
            // given
            rig.start(1);
            rig.start(2);
            rig.createTopic(1, 2);
            assertThat(rig.node(1).produce(true, "a", "b")).succeedsWithin(Duration.ofSeconds(20));
            var killed = rig.diskOf(2);
            rig.node(2).close();
            rig.fence(2);
            killed.putBack();
            var folder = rig.folder(2).resolve(ReplicationRig.TOPIC + "-0");

            // when
            rig.disk(2).hold(folder);
            rig.start(2);
            assertThat(rig.node(1).produce(false, "c")).succeedsWithin(Duration.ofSeconds(20));

            // then
            assertThat(rig.node(2).recovery()).contains("1 to go");
            assertThat(rig.metadata().isr()).containsExactly(1);
            rig.disk(2).letGo(folder);
            eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2));
            eventually(() -> assertThat(rig.node(2).values()).containsExactly("a", "b", "c"));
        }
    }
}
