package io.moldau.quorum;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.Outcome.NodeRegistered;
import io.moldau.metadata.Outcome.Refused;
import io.moldau.metadata.Outcome.TopicPlaced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataQuorumTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path temp;
    private QuorumConfig config;

    @BeforeEach
    void config() {
        config = QuorumConfig.of(temp.resolve("quorum"), 1);
    }

    private static Outcome decided(MetadataQuorum quorum, MetadataCommand command)
            throws Exception {
        return quorum.submit(command).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static MetadataCommand commit(int partition, long offset) {
        return new CommitOffsets(
                "g",
                offset,
                -1,
                List.of(
                        new TopicCommits(
                                id(1),
                                "t",
                                List.of(new PartitionCommit(partition, offset, -1, "")))),
                -1);
    }

    private static MetadataCommand group(String name, int bytes) {
        var member =
                new GroupImage.Member(
                        "m",
                        null,
                        "c",
                        "/127.0.0.1",
                        1,
                        1,
                        ByteString.copyFrom(new byte[bytes]),
                        ByteString.EMPTY);
        return new SaveGroup(
                new GroupImage(name, 1, "consumer", "range", "m", 0, List.of(member)), -1);
    }

    @Test
    void drawsAClusterIdAtTheFirstStartAndKeepsIt() {
        String drawn;
        try (var quorum = MetadataQuorum.start(config)) {
            drawn = quorum.image().clusterId();
            assertThat(drawn).hasSize(22);
            assertThat(quorum.image().controllerId()).isEqualTo(1);
        }
        try (var quorum = MetadataQuorum.start(config.withClusterId(drawn))) {
            assertThat(quorum.image().clusterId()).isEqualTo(drawn);
        }
    }

    @Test
    void takesAnyTextAsClusterId() {
        try (var quorum = MetadataQuorum.start(config.withClusterId("not a uuid"))) {
            assertThat(quorum.image().clusterId()).isEqualTo("not a uuid");
        }
    }

    @Test
    void refusesDataOfAnotherCluster() {
        MetadataQuorum.start(config.withClusterId("first")).close();

        assertThatThrownBy(() -> MetadataQuorum.start(config.withClusterId("second")))
                .isInstanceOf(QuorumStartException.class)
                .hasMessageContaining("data of cluster first")
                .hasMessageContaining("cluster second");
    }

    @Test
    void refusesDataOfAnotherNode() {
        MetadataQuorum.start(config).close();

        assertThatThrownBy(() -> MetadataQuorum.start(QuorumConfig.of(config.dir(), 2)))
                .isInstanceOf(QuorumStartException.class)
                .hasMessageContaining("data of node 1");
    }

    @Test
    void refusesADirectoryInUse() {
        try (var quorum = MetadataQuorum.start(config)) {
            assertThatThrownBy(() -> MetadataQuorum.start(config))
                    .isInstanceOf(QuorumStartException.class)
                    .hasMessageContaining("in use by another process");
            assertThat(quorum.image().clusterId()).isNotEmpty();
        }
    }

    @Test
    void showsACommandsEffectWhenItsFutureCompletes() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            assertThat(decided(quorum, node(1, 1, null))).isEqualTo(new NodeRegistered(1));
            var placed = decided(quorum, topic("t", 1, 3, 1));

            assertThat(placed).isEqualTo(new TopicPlaced(quorum.image().topic("t")));
            assertThat(decided(quorum, topic("t", 2, 3, 1)))
                    .isEqualTo(
                            new Refused(Errors.TOPIC_ALREADY_EXISTS, "Topic 't' already exists."));
            decided(quorum, commit(2, 42));
            assertThat(quorum.offsets().get("g", "t", 2).offset()).isEqualTo(42);
        }
    }

    @Test
    void keepsWhatWasAcknowledgedAcrossARestart() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            decided(quorum, node(1, 1, null));
            decided(quorum, topic("t", 1, 3, 1));
            decided(quorum, commit(0, 7));
        }
        try (var quorum = MetadataQuorum.start(config)) {
            assertThat(quorum.image().topic("t").partitions()).hasSize(3);
            assertThat(quorum.offsets().get("g", "t", 0).offset()).isEqualTo(7);
            assertThat(decided(quorum, node(1, 2, null))).isEqualTo(new NodeRegistered(2));
        }
    }

    @Test
    void decidesInTheOrderOfSubmissionAndManyInOneEntry() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            decided(quorum, node(1, 1, null));
            decided(quorum, topic("t", 1, 1, 1));
            long before = quorum.image().appliedIndex();
            var waiting = new ArrayList<CompletableFuture<Outcome>>();
            for (int offset = 1; offset <= 5000; offset++) {
                waiting.add(quorum.submit(commit(0, offset)));
            }
            CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(quorum.offsets().get("g", "t", 0).offset()).isEqualTo(5000);
            assertThat(quorum.image().appliedIndex() - before).isLessThan(2500);
        }
    }

    @Test
    void publishesEveryImageThatDiffersInOrder() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            var seen = new ConcurrentLinkedQueue<Integer>();
            quorum.onPublished((_, after) -> seen.add(after.topics().size()));
            decided(quorum, node(1, 1, null));
            decided(quorum, topic("t", 1, 1, 1));
            decided(quorum, commit(0, 1)); // Changes no image.
            decided(quorum, topic("u", 2, 1, 1));

            assertThat(seen).containsExactly(0, 1, 2);
        }
    }

    @Test
    void takesSnapshotsAndKeepsItsLogSmall() throws Exception {
        try (var quorum = MetadataQuorum.start(config.withSnapshotThreshold(20))) {
            for (int i = 0; i < 40; i++) {
                decided(quorum, group("g" + i % 4, 500_000));
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> {
                        assertThat(bytesOf("log_")).isLessThan(9_000_000);
                        assertThat(count("snapshot.")).isBetween(1L, 4L); // With MD5s.
                    });
        }
        try (var quorum = MetadataQuorum.start(config)) {
            assertThat(quorum.image().groupIds()).containsExactlyInAnyOrder("g0", "g1", "g2", "g3");
        }
    }

    private long bytesOf(String prefix) throws IOException {
        long bytes = 0;
        for (var file : Killed.files(config.dir())) {
            bytes += file.getFileName().toString().startsWith(prefix) ? Files.size(file) : 0;
        }
        return bytes;
    }

    private long count(String prefix) throws IOException {
        return Killed.files(config.dir()).stream()
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .count();
    }

    @Test
    void takesALargeCommandAndRefusesOneThatIsTooLarge() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            assertThat(decided(quorum, group("large", 1_900_000))).isEqualTo(new Outcome.Done());
            assertThat(decided(quorum, group("too large", 2_100_000)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.error())
                                            .isEqualTo(Errors.MESSAGE_TOO_LARGE));
            assertThat(quorum.image().groupIds()).containsExactly("large");
        }
    }

    @Test
    void tellsOfItself() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            decided(quorum, node(1, 1, null));
            var status = quorum.status();

            assertThat(status.leaderId()).isEqualTo(1);
            assertThat(status.leaderEpoch()).isPositive();
            assertThat(status.highWatermark()).isPositive();
            assertThat(status.observers()).isEmpty();
            assertThat(status.voters())
                    .singleElement()
                    .satisfies(voter -> {
                        assertThat(voter.id()).isEqualTo(1);
                        assertThat(voter.logEndOffset()).isGreaterThan(status.highWatermark());
                    });
        }
    }

    @Test
    void failsCommandsOnceClosed() {
        var quorum = MetadataQuorum.start(config);
        quorum.close();

        assertThat(quorum.submit(node(1, 1, null)))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(QuorumUnavailableException.class);
    }

    @Test
    void saysSoWhenItsLogCannotBeWritten() throws Exception {
        try (var quorum = MetadataQuorum.start(config)) {
            var told = new CompletableFuture<String>();
            quorum.onFailure(told::complete);
            Files.delete(Killed.file(config.dir(), "log_inprogress"));

            // More than a segment holds: the open one is to be closed, and is not there.
            var last = quorum.submit(group("g0", 1_900_000));
            for (int i = 1; i < 6; i++) {
                last = quorum.submit(group("g" + i, 1_900_000));
            }

            assertThat(told).succeedsWithin(PATIENCE).asString().contains("metadata");
            assertThat(last)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(QuorumUnavailableException.class);
            assertThat(quorum.submit(node(1, 1, null))).failsWithin(PATIENCE);
        }
    }
}
