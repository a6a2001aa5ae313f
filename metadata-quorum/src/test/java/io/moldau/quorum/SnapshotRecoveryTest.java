package io.moldau.quorum;

import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starts from snapshots, whole and damaged.
class SnapshotRecoveryTest {
    private static final int TOPICS = 60;

    @TempDir Path temp;
    private Path dir;

    @BeforeEach
    void aQuorumIsKilledAfterSomeSnapshots() throws Exception {
        var running = temp.resolve("running");
        var config = QuorumConfig.of(running, 1).withSnapshotThreshold(30);
        try (var quorum = MetadataQuorum.start(config)) {
            quorum.submit(node(1, 1, null)).get(30, TimeUnit.SECONDS);
            for (int i = 0; i < TOPICS; i++) {
                quorum.submit(topic("t" + i, i + 1, 1, 1)).get(30, TimeUnit.SECONDS);
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> snapshots(running).size() == 2 && settled(running));
            dir = Killed.copyOf(running, temp.resolve("killed"));
        }
    }

    private static boolean settled(Path directory) throws IOException {
        return Killed.files(directory).stream().noneMatch(file -> file.toString().endsWith(".tmp"));
    }

    private static List<Path> snapshots(Path directory) throws IOException {
        return Killed.files(directory).stream()
                .filter(file ->
                        QuorumDirectory.SNAPSHOT.matcher(file.getFileName().toString()).matches())
                .sorted((a, b) -> Long.compare(index(b), index(a)))
                .toList();
    }

    private static long index(Path snapshot) {
        return Long.parseLong(snapshot.getFileName().toString().split("_", -1)[1]);
    }

    private static int topicsAfterStart(Path directory) {
        try (var quorum = MetadataQuorum.start(QuorumConfig.of(directory, 1))) {
            return quorum.image().topics().size();
        }
    }

    @Test
    void startsFromTheNewestSnapshotAndTheLogAfterIt() {
        assertThat(topicsAfterStart(dir)).isEqualTo(TOPICS);
        assertThat(topicsAfterStart(dir)).isEqualTo(TOPICS);
    }

    @Test
    void usesASnapshotThatLacksItsMd5() throws IOException {
        var newest = snapshots(dir).getFirst();
        Files.delete(newest.resolveSibling(newest.getFileName() + ".md5"));

        assertThat(topicsAfterStart(dir)).isEqualTo(TOPICS);
    }

    @Test
    void fallsBackToAnOlderSnapshotWhileTheLogReachesBack() throws IOException {
        var newest = snapshots(dir).getFirst();
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(newest, bytes);

        assertThat(topicsAfterStart(dir)).isEqualTo(TOPICS);
        assertThat(newest).doesNotExist();
    }

    @Test
    void startsFromTheLogAloneWhenItIsAllThere() throws IOException {
        for (var snapshot : snapshots(dir)) {
            Files.write(snapshot, new byte[] {1, 2, 3});
        }

        assertThat(topicsAfterStart(dir)).isEqualTo(TOPICS);
    }

    @Test
    void refusesToStartWithAGapBetweenSnapshotAndLog() throws IOException {
        var log = Killed.file(dir, "log_inprogress");
        Files.move(log, log.resolveSibling("log_inprogress_1000"));

        assertThatThrownBy(() -> topicsAfterStart(dir))
                .isInstanceOf(QuorumStartException.class)
                .hasMessageContaining("gap");
    }
}
