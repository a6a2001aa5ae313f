package io.moldau.quorum;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a real process under load, again and again, and looks what became of its acknowledgements.
class QuorumKillTest {
    private static final int ROUNDS = Integer.getInteger("moldau.kill.rounds", 3);

    @TempDir Path temp;

    /// The process that is killed: commits offset after offset, and says which are acknowledged.
    public static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            var out = new PrintStream(System.out, true);
            // Small thresholds: snapshots and purges are under way most of the time.
            var config = QuorumConfig.of(Path.of(args[0]), 1).withSnapshotThreshold(200);
            var quorum = MetadataQuorum.start(config);
            quorum.submit(node(1, System.nanoTime(), null)).get();
            if (quorum.image().topic("t") == null) {
                quorum.submit(topic("t", 1, 1, 1)).get();
            }
            var committed = quorum.offsets().get("g", "t", 0);
            long offset = committed == null ? 0 : committed.offset();
            out.println("found " + offset);
            while (true) {
                long next = ++offset;
                var commit = new PartitionCommit(0, next, -1, "x".repeat((int) (next % 700)));
                var commits = List.of(new TopicCommits(id(1), "t", List.of(commit)));
                var acknowledged =
                        quorum.submit(new CommitOffsets("g", next, -1, commits, -1))
                                .thenAccept(_ -> out.println("acknowledged " + next));
                if (next % 8 == 0) {
                    acknowledged.get();
                }
            }
        }
    }

    @Test
    void losesNothingThatAKilledProcessAcknowledged() throws Exception {
        var random = new Random(7);
        long acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var victim = startVictim();
            try (var lines = victim.inputReader()) {
                long found = number(lines, "found");
                assertThat(found).as("round %d", round).isGreaterThanOrEqualTo(acknowledged);
                acknowledged = found;
                int life = 50 + random.nextInt(1500);
                for (int i = 0; i < life; i++) {
                    acknowledged = number(lines, "acknowledged");
                }
                // The handle, for the process itself would close the pipe as well.
                assertThat(victim.toHandle().destroyForcibly()).isTrue();
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.matches("acknowledged \\d+")) {
                        acknowledged = Math.max(acknowledged, Long.parseLong(line.substring(13)));
                    }
                }
            } finally {
                victim.destroyForcibly();
                assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(acknowledged).isPositive();
    }

    private static long number(BufferedReader lines, String word) throws IOException {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(word + " ")) {
                return Long.parseLong(line.substring(word.length() + 1));
            }
        }
        throw new AssertionError("the process ended without a word of " + word);
    }

    private Process startVictim() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        temp.resolve("quorum").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
