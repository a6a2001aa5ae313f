package io.moldau.broker.partition;

import static io.moldau.broker.partition.Answers.errorOf;
import static io.moldau.broker.partition.Answers.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.log.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Classic bug 17, found by the scrub: three replicas of many small segments, one of which is not
/// what was written.
class DamagedReplicaTest {
    private static final int RECORDS = 40;
    private static final long NO_PAUSE = Integer.MAX_VALUE;

    @TempDir Path root;
    private ReplicationRig rig;
    private List<String> values;

    @BeforeEach
    void open() {
        rig = new ReplicationRig(root, ReplicationSettings.DEFAULT);
        rig.configure(LogConfig.defaults().with("segment.bytes", "1000"));
        for (int id = 1; id <= 3; id++) {
            rig.start(id);
        }
        rig.createTopic(1, 2, 3);
        values = IntStream.range(0, RECORDS).mapToObj(i -> "%0200d".formatted(i)).toList();
        for (var value : values) {
            assertThat(errorOf(rig.node(1).produce(true, value))).isEqualTo(Errors.NONE);
        }
        for (int id = 1; id <= 3; id++) {
            var _ =
                    rig.node(id)
                            .ask(partition -> {
                                partition.log().flush(); // Only what is durable is scrubbed.
                                return true;
                            });
        }
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /// In the second segment, where a record's value is.
    private void flipABit(int id) throws IOException {
        flipABit(id, 3);
    }

    /// Where the segment's first record has its value.
    private void flipABit(int id, long baseOffset) throws IOException {
        var folder = rig.folder(id).resolve(ReplicationRig.TOPIC + "-0");
        var segment = folder.resolve("%020d.log".formatted(baseOffset));
        try (var file =
                FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            file.read(one, 150);
            one.put(0, (byte) (one.get(0) ^ 4));
            file.write(one.flip(), 150);
        }
    }

    @Test
    void aFollowersDamageIsFoundAndFetchedAgain() throws IOException {
        flipABit(3);

        try (var _ = rig.node(3).scrub(NO_PAUSE)) {
            eventually(() -> assertThat(rig.node(3).repairs()).isEqualTo(1));
        }

        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.node(3).damages()).isEqualTo(1);
        assertThat(rig.metadata().leader()).isEqualTo(1);
        assertThat(rig.node(3).values()).isEqualTo(values);
    }

    @Test
    void aLeaderWithDamageLetsAnotherLeadAndFetchesWhatItLostFromThere() throws IOException {
        flipABit(1);

        try (var _ = rig.node(1).scrub(NO_PAUSE)) {
            eventually(() -> assertThat(rig.node(1).repairs()).isEqualTo(1));
        }

        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.metadata().leader()).isEqualTo(2);
        assertThat(rig.node(1).values()).isEqualTo(values);
    }

    /// Checksums are the follower's to look at: it tells, and the leader looks at its own. Nobody
    /// scrubs here.
    @Test
    void aLeaderWhoseRecordsAFollowerRefusesLooksAtThemAndLetsAnotherLead() throws IOException {
        rig.node(3).close();
        rig.fence(3);
        flipABit(1);
        deleteAll(rig.folder(3));

        rig.start(3, false);

        eventually(() -> assertThat(rig.node(1).repairs()).isEqualTo(1));
        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.metadata().leader()).isEqualTo(2);
        assertThat(rig.node(1).values()).isEqualTo(values);
        assertThat(rig.node(3).values()).isEqualTo(values);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// What is cut at the log start leaves what lies before it, in the same segment.
    @Test
    void damageBelowTheLogStartIsFoundOnce() throws IOException {
        var deleted = rig.node(1).deleteRecords(10, 10_000).join();
        assertThat(deleted.logStartOffset()).isEqualTo(10);
        flipABit(3, 9);

        try (var _ = rig.node(3).scrub(NO_PAUSE)) {
            eventually(() -> assertThat(rig.node(3).repairs()).isEqualTo(1));
            eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
            long read = rig.node(3).scrubbed();
            eventually(() -> assertThat(rig.node(3).scrubbed()).isGreaterThan(read + 20_000));
        }

        assertThat(rig.node(3).damages()).isEqualTo(1);
        assertThat(rig.node(3).values()).isEqualTo(values.subList(10, RECORDS));
    }

    /// Nobody has the records any more: what is left stays readable, and more may come.
    @Test
    void whereNobodyElseHasThemTheRestIsKept() throws IOException {
        rig.fence(2);
        rig.fence(3);
        flipABit(1);

        try (var _ = rig.node(1).scrub(NO_PAUSE)) {
            eventually(() -> assertThat(rig.node(1).damages()).isEqualTo(1));
        }

        eventually(() -> assertThat(rig.metadata().leaderEpoch()).isEqualTo(1));
        eventually(() ->
                assertThat(errorOf(rig.node(1).produce(true, "more"))).isEqualTo(Errors.NONE));
        assertThat(rig.metadata().leader()).isEqualTo(1);
        assertThat(rig.node(1).repairs()).isZero();
        assertThat(rig.node(1).logEndOffset()).isEqualTo(RECORDS + 1);
    }
}
