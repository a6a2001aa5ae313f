package io.moldau.quorum;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever moment the process dies at: it starts again, and nothing acknowledged is missing.
class QuorumRecoveryTest {
    private static final int COMMITS = 12;

    /// An entry may end in zeros, which then look like what is not written yet.
    private static final int ZEROS_IN_A_CRC = 4;

    @TempDir Path temp;
    private Path dir;

    /// Bytes of the log in use when the n-th commit was acknowledged.
    private final List<Integer> usedBytes = new ArrayList<>();

    @BeforeEach
    void aQuorumIsKilledAfterSomeCommits() throws Exception {
        var running = temp.resolve("running");
        try (var quorum = MetadataQuorum.start(QuorumConfig.of(running, 1))) {
            decided(quorum, node(1, 1, null));
            decided(quorum, topic("t", 1, 1, 1));
            for (int offset = 1; offset <= COMMITS; offset++) {
                decided(quorum, commit(offset));
                usedBytes.add(used(Files.readAllBytes(Killed.file(running, "log_inprogress"))));
            }
            dir = Killed.copyOf(running, temp.resolve("killed"));
        }
    }

    private static void decided(MetadataQuorum quorum, MetadataCommand command) throws Exception {
        quorum.submit(command).get(30, TimeUnit.SECONDS);
    }

    private static MetadataCommand commit(long offset) {
        return new CommitOffsets(
                "g",
                offset,
                -1,
                List.of(
                        new TopicCommits(
                                id(1), "t", List.of(new PartitionCommit(0, offset, -1, "")))),
                -1);
    }

    private static int used(byte[] log) {
        int end = log.length;
        while (end > 0 && log[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private long offsetAfterStart(Path directory) {
        try (var quorum = MetadataQuorum.start(QuorumConfig.of(directory, 1))) {
            var committed = quorum.offsets().get("g", "t", 0);
            return committed == null ? 0 : committed.offset();
        }
    }

    private enum Tear {
        CUT,
        ZEROS,
        GARBAGE;

        byte[] applyTo(byte[] log, int position) {
            byte[] torn = log.clone();
            return switch (this) {
                case CUT -> Arrays.copyOf(log, position);
                case ZEROS -> {
                    Arrays.fill(torn, position, torn.length, (byte) 0);
                    yield torn;
                }
                case GARBAGE -> {
                    byte[] noise = new byte[torn.length - position];
                    new Random(position).nextBytes(noise);
                    System.arraycopy(noise, 0, torn, position, noise.length);
                    yield torn;
                }
            };
        }
    }

    @Test
    void startsAfterAKill() {
        assertThat(offsetAfterStart(dir)).isEqualTo(COMMITS);
    }

    @Test
    void keepsWhatWasAcknowledgedOfALogTornAtAnyByte() throws IOException {
        var log = Killed.file(dir, "log_inprogress");
        byte[] all = Files.readAllBytes(log);
        byte[] whole = Arrays.copyOf(all, used(all) + 40);

        for (int position = 0; position < whole.length; position++) {
            for (var tear : Tear.values()) {
                byte[] torn = tear.applyTo(whole, position);
                byte[] mended = Arrays.copyOf(torn, LogTail.soundLength(log, torn, 0));

                int kept = Math.min(used(mended), position);
                assertThat(Arrays.mismatch(mended, 0, kept, whole, 0, kept)).isEqualTo(-1);
                for (int used : usedBytes) {
                    if (used + ZEROS_IN_A_CRC <= position) {
                        assertThat(mended.length).isGreaterThanOrEqualTo(used);
                    }
                }
                // What is mended needs no mending.
                assertThat(LogTail.soundLength(log, mended, 0)).isEqualTo(mended.length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void losesNothingAcknowledgedToATornLog(long seed) throws IOException {
        var log = Killed.file(dir, "log_inprogress");
        byte[] whole = Files.readAllBytes(log);
        var random = new Random(seed);

        for (var tear : Tear.values()) {
            for (int i = 0; i < 2; i++) {
                int position = random.nextInt(used(whole) + 20);
                Files.write(log, tear.applyTo(whole, position));
                var copy = Killed.copyOf(dir, temp.resolve(tear + "-" + i));

                long offset = offsetAfterStart(copy);

                long acknowledged =
                        usedBytes.stream()
                                .filter(used -> used + ZEROS_IN_A_CRC <= position)
                                .count();
                assertThat(offset).as("%s at %d", tear, position).isBetween(acknowledged, 12L);
                assertThat(offsetAfterStart(copy)).isEqualTo(offset);
            }
        }
    }

    @Test
    void refusesALogThatIsDamagedWhereItWasAcknowledged() throws IOException {
        var log = Killed.file(dir, "log_inprogress");
        byte[] bytes = Files.readAllBytes(log);
        bytes[usedBytes.getFirst() + 10] ^= 0x40;
        Files.write(log, bytes);

        assertThatThrownBy(() -> offsetAfterStart(dir))
                .isInstanceOf(QuorumStartException.class)
                .hasMessageContaining("damaged at byte")
                .hasMessageContaining("restore");
        assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "term=", "term=x\nvotedFor=1", "term=3"})
    void votesAnewWhenItsVoteIsLost(String left) throws IOException {
        Files.writeString(Killed.voteOf(dir), left);

        assertThat(offsetAfterStart(dir)).isEqualTo(COMMITS);
    }

    @Test
    void startsWithoutTheFilesOfVoteAndVoters() throws IOException {
        for (var file : Killed.files(dir)) {
            if (file.getFileName().toString().startsWith("raft-meta")) {
                Files.delete(file);
            }
        }

        assertThat(offsetAfterStart(dir)).isEqualTo(COMMITS);
    }

    @Test
    void clearsAwayWhatWasHalfWritten() throws IOException {
        var current = Killed.file(dir, "log_inprogress").getParent();
        var snapshots = current.resolveSibling("sm");
        Files.createDirectories(snapshots);
        Files.writeString(snapshots.resolve("snapshot.1_9.tmp"), "half");
        Files.writeString(snapshots.resolve("snapshot.1_9.md5"), "orphan");
        Files.writeString(current.resolve("raft-meta.tmp"), "ter");
        Files.writeString(current.resolve("raft-meta.conf"), "");

        assertThat(offsetAfterStart(dir)).isEqualTo(COMMITS);
        assertThat(snapshots.resolve("snapshot.1_9.tmp")).doesNotExist();
    }

    @Test
    void startsAfterAKillAtAnyMomentOfTheFirstStart() throws IOException {
        var group = Killed.file(dir, "log_inprogress").getParent().getParent();
        var identity = Files.readString(dir.resolve(Identity.FILE));
        for (var step :
                List.of("nothing", "empty identity", "identity", "group", "current", "meta.tmp")) {
            var first = temp.resolve(step);
            Files.createDirectories(first);
            if (!step.equals("nothing")) {
                Files.writeString(
                        first.resolve(Identity.FILE),
                        step.equals("empty identity") ? "" : identity);
            }
            var current = first.resolve(group.getFileName()).resolve("current");
            switch (step) {
                case "group" -> Files.createDirectories(current.getParent());
                case "current" -> Files.createDirectories(current);
                case "meta.tmp" -> {
                    Files.createDirectories(current);
                    Files.writeString(current.resolve("raft-meta.tmp"), "te");
                }
                default -> {}
            }

            assertThat(offsetAfterStart(first)).as(step).isZero();
            assertThat(offsetAfterStart(first)).as(step).isZero();
        }
    }

    @Test
    void refusesAnIdentityItCannotRead() throws IOException {
        Files.writeString(dir.resolve(Identity.FILE), "cluster.id=x\n");

        assertThatThrownBy(() -> offsetAfterStart(dir))
                .isInstanceOf(QuorumStartException.class)
                .hasMessageContaining("node.id is missing");
    }
}
