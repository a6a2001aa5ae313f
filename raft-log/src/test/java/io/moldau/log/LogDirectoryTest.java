package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.env.Clock;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogDirectoryTest {
    private static final Uuid ID = new Uuid(1, 2);
    private static final LogConfig CONFIG = LogConfig.defaults();

    @TempDir Path root;

    private LogDirectory directory(int maxOpenFiles) {
        return LogDirectory.open(root, Clock.system(), maxOpenFiles);
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("many", number);
    }

    private static AppendResult append(PartitionLog log, int records) {
        return log.append(batchOf(records), AppendMode.CLIENT, 0, System.currentTimeMillis());
    }

    private List<String> names() throws Exception {
        try (var files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private long openDescriptors() throws Exception {
        long count = 0;
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors) {
                if (Files.exists(descriptor)
                        && Files.readSymbolicLink(descriptor).startsWith(root)) {
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void refusesADirectoryThatIsInUse() {
        try (var _ = directory(10)) {
            assertThatThrownBy(() -> directory(10))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining(root.toString());
        }
    }

    @Test
    void saysInOneSentenceWhyADirectoryCannotBeUsed() throws Exception {
        // given
        var file = Files.createFile(root.resolve("file"));

        // then
        assertThatThrownBy(() -> LogDirectory.open(file.resolve("x"), Clock.system(), 10))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void writesManyPartitionsWithFewOpenFiles() throws Exception {
        // given
        int partitions = 500;
        try (var directory = directory(16)) {
            var logs = new ArrayList<PartitionLog>();
            for (int i = 0; i < partitions; i++) {
                logs.add(directory.openLog(partition(i), ID, CONFIG));
            }

            // when
            for (int round = 0; round < 3; round++) {
                for (var log : logs) {
                    assertThat(append(log, 2)).isInstanceOf(Appended.class);
                }
            }

            // then
            assertThat(openDescriptors()).isLessThanOrEqualTo(16 + 2); // And the lock.
            for (var log : logs) {
                var read = log.read(0, Long.MAX_VALUE, 1 << 20, true);
                assertThat(LogFixture.bytes(read).remaining()).isEqualTo(3 * 83);
            }
        }
    }

    @Test
    void opensNothingForIdlePartitionsAtARestart() throws Exception {
        // given
        try (var directory = directory(16)) {
            for (int i = 0; i < 50; i++) {
                append(directory.openLog(partition(i), ID, CONFIG), 2);
            }
        }

        // when
        try (var directory = directory(16)) {
            for (int i = 0; i < 50; i++) {
                assertThat(directory.openLog(partition(i), ID, CONFIG).logEndOffset()).isEqualTo(2);
            }

            // then
            assertThat(openDescriptors()).isEqualTo(1); // The lock.
        }
    }

    @Test
    void keepsASliceReadableWhenItsFileIsEvicted() {
        // given
        try (var directory = directory(2)) {
            var first = directory.openLog(partition(0), ID, CONFIG);
            append(first, 5);
            var read = first.read(0, Long.MAX_VALUE, 1 << 20, true);

            // when
            for (int i = 1; i < 30; i++) {
                append(directory.openLog(partition(i), ID, CONFIG), 5);
            }

            // then
            assertThat(LogFixture.bytes(read).getLong(0)).isZero();
        }
    }

    @Test
    void keepsASliceReadableWhenItsLogIsDeleted() throws Exception {
        // given
        try (var directory = directory(10)) {
            var log = directory.openLog(partition(0), ID, CONFIG.with("file.delete.delay.ms", "0"));
            append(log, 5);
            var read = log.read(0, Long.MAX_VALUE, 1 << 20, true);

            // when
            directory.deleteLog(log);
            directory.checkpoint();

            // then
            assertThat(names()).noneMatch(name -> name.startsWith("many"));
            assertThat(LogFixture.bytes(read).getLong(0)).isZero();
            assertThat(openDescriptors()).isEqualTo(1);
        }
    }

    @Test
    void startsEmptyWhenATopicIsMadeAgain() {
        try (var directory = directory(10)) {
            // given
            var log = directory.openLog(partition(0), ID, CONFIG);
            append(log, 5);

            // when
            directory.deleteLog(log);
            var again = directory.openLog(partition(0), new Uuid(3, 4), CONFIG);

            // then
            assertThat(again.logEndOffset()).isZero();
        }
    }

    @Test
    void putsTheFolderOfAnotherTopicAside() throws Exception {
        // given
        try (var directory = directory(10)) {
            append(directory.openLog(partition(0), ID, CONFIG), 5);
        }

        // when
        try (var directory = directory(10)) {
            var log = directory.openLog(partition(0), new Uuid(3, 4), CONFIG);

            // then
            assertThat(log.logEndOffset()).isZero();
            assertThat(names()).anyMatch(name -> name.endsWith("-stray"));
        }
    }

    @Test
    void tellsWhichPartitionsItFinds() {
        // given
        try (var directory = directory(10)) {
            directory.openLog(new TopicPartition("with-dash", 12), ID, CONFIG);
            directory.openLog(new TopicPartition("dotted.name_", 0), new Uuid(3, 4), CONFIG);
        }

        // when
        try (var directory = directory(10)) {
            // then
            assertThat(directory.partitions())
                    .containsExactlyInAnyOrder(
                            new LogName(new TopicPartition("with-dash", 12), ID),
                            new LogName(new TopicPartition("dotted.name_", 0), new Uuid(3, 4)));
        }
    }

    @Test
    void isNotCleanAfterAKill() {
        // given
        try (var directory = directory(10)) {
            append(directory.openLog(partition(0), ID, CONFIG), 5);
        }
        var killed = directory(10);
        assertThat(killed.cleanShutdown()).isTrue();

        // when
        killed.abandon();

        // then
        try (var directory = directory(10)) {
            assertThat(directory.cleanShutdown()).isFalse();
        }
    }

    @Test
    void staysUncleanWhileALogWaitsForItsRecovery() {
        // given
        try (var directory = directory(10)) {
            append(directory.openLog(partition(0), ID, CONFIG), 5);
        }
        directory(10).abandon();

        // when
        directory(10).close(); // Without having opened the log.

        // then
        try (var directory = directory(10)) {
            assertThat(directory.cleanShutdown()).isFalse();
        }
    }

    @Test
    void recoversALogThatWasLetGoOf() {
        try (var directory = directory(10)) {
            // given
            var log = directory.openLog(partition(0), ID, CONFIG);
            append(log, 5);

            // when
            directory.abandonLog(log);
            var again = directory.openLog(partition(0), ID, CONFIG);

            // then
            assertThat(again).isNotSameAs(log);
            assertThat(again.logEndOffset()).isEqualTo(5);
        }
    }

    @Test
    void writesItsCheckpointsAsKafkaDoes() throws Exception {
        // given
        try (var directory = directory(10)) {
            var log = directory.openLog(partition(0), ID, CONFIG);
            append(log, 5);
            log.advanceLogStart(3);
        }

        // then
        assertThat(root.resolve("recovery-point-offset-checkpoint")).hasContent("0\n1\nmany 0 5");
        assertThat(root.resolve("log-start-offset-checkpoint")).hasContent("0\n1\nmany 0 3");
        assertThat(root.resolve("many-0/leader-epoch-checkpoint")).hasContent("0\n1\n0 0");
        assertThat(root.resolve("many-0/partition.metadata"))
                .hasContent("version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg");
    }

    /// A partition that moved away and back, or a topic that was made again under its name.
    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void aLogThatIsMadeAgainKnowsNothingOfTheFormerOneEvenAfterACrash(long newTopic) {
        // given
        var disk = new SimDisk(1);
        var directory = LogDirectory.open(root, disk, Clock.system(), 10);
        var former = directory.openLog(partition(0), new Uuid(0, 7), CONFIG);
        append(former, 5);
        former.flush();
        former.noteHighWatermark(5);
        former.advanceLogStart(4);
        directory.checkpoint();
        directory.deleteLog(former);

        // when
        var made = directory.openLog(partition(0), new Uuid(0, newTopic), CONFIG);
        append(made, 3);
        made.flush();
        disk.crash();
        var reopened =
                LogDirectory.open(root, disk, Clock.system(), 10)
                        .openLog(partition(0), new Uuid(0, newTopic), CONFIG);

        // then
        assertThat(made.logStartOffset()).isZero();
        assertThat(reopened.logStartOffset()).isZero();
        assertThat(reopened.logEndOffset()).isEqualTo(3);
        assertThat(reopened.highWatermark()).isZero();
    }

    /// Its log start is known, and the segment behind it never reached the disk.
    @Test
    void aLogThatLostAllItsSegmentsHasNothingToFlushAndSaysSo() {
        // given
        var disk = new SimDisk(1);
        var directory = LogDirectory.open(root, disk, Clock.system(), 10);
        var log = directory.openLog(partition(0), ID, CONFIG);
        append(log, 5);
        log.advanceLogStart(5);
        directory.checkpoint();
        disk.list(root.resolve("many-0")).stream()
                .filter(name -> name.endsWith(".log"))
                .forEach(name -> disk.delete(root.resolve("many-0").resolve(name)));
        disk.kill();

        // when
        var reopened =
                LogDirectory.open(root, disk, Clock.system(), 10).openLog(partition(0), ID, CONFIG);

        // then
        assertThat(reopened.logEndOffset()).isEqualTo(5);
        assertThat(reopened.flushDue(System.currentTimeMillis())).isFalse();
    }

    /// The disk lost what it had confirmed, and what came in its place never reached it.
    @Test
    void trustsNothingBecauseOfWhatWasFlushedBeforeTheDiskLostIt() throws Exception {
        // given
        var disk = new SimDisk(1);
        var directory = LogDirectory.open(root, disk, Clock.system(), 10);
        var log = directory.openLog(partition(0), ID, CONFIG);
        for (int i = 0; i < 50; i++) {
            append(log, 2);
        }
        log.flush();
        directory.checkpoint();
        disk.kill();
        var file = root.resolve("many-0").resolve("00000000000000000000.log");
        disk.open(file).truncate(0);
        var shortened =
                LogDirectory.open(root, disk, Clock.system(), 10).openLog(partition(0), ID, CONFIG);
        for (int i = 0; i < 50; i++) {
            append(shortened, 2);
        }

        // when
        disk.kill();

        // then
        var points = OffsetCheckpoint.read(disk, root.resolve(OffsetCheckpoint.RECOVERY_POINTS));
        assertThat(points.get(partition(0))).isZero();
    }

    /// A killed process had made the files, and the next one flushed what they hold.
    @Property(tries = 50)
    void whatWasFlushedSurvivesWhoeverMadeTheFiles(@ForAll long diskSeed) {
        // given
        var disk = new SimDisk(diskSeed);
        var path = Path.of("/sim/log");
        append(
                LogDirectory.open(path, disk, Clock.system(), 10).openLog(partition(0), ID, CONFIG),
                5);
        disk.kill();
        LogDirectory.open(path, disk, Clock.system(), 10).openLog(partition(0), ID, CONFIG).flush();

        // when
        disk.crash();
        var found =
                LogDirectory.open(path, disk, Clock.system(), 10).openLog(partition(0), ID, CONFIG);

        // then
        assertThat(found.logEndOffset()).isEqualTo(5);
    }
}
