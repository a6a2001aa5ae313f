package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.env.sim.DiskFault;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.batch.TestBatches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each of these was found by [DiskHistoriesTest], or by reading for it, and has been mended.
class HostileDiskTest {
    private static final Path ROOT = Path.of("/sim/log");
    private static final int BATCH_BYTES = batchOf(3).remaining();
    private static final int SEEDS = 30;

    private static SimDisk disk(long seed) {
        return new SimDisk(seed).with(DiskFault.SEPARATE_DIRECTORIES).mount(ROOT);
    }

    private static LogFixture fixture(SimDisk disk) {
        var config = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * BATCH_BYTES));
        return new LogFixture(ROOT, disk, config);
    }

    private static void write(SimDisk disk, Path file, String text) throws IOException {
        try (var channel = disk.create(file)) {
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(text), 0);
        }
    }

    /// The last number of "orders 0 15" read as 1: all behind was taken for not there.
    @Test
    void doesNotBelieveACheckpointThatIsTornWithinItsLastNumber() throws Exception {
        // given
        var disk = disk(1);
        var fixture = fixture(disk);
        fixture.append(5, 3);
        fixture.directory().close();

        // when
        write(disk, ROOT.resolve(OffsetCheckpoint.RECOVERY_POINTS), "0\n1\norders 0 1");
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13, 14, 16, 1000})
    void doesNotBelieveACheckpointThatDoesNotFitTheRecords(int said) throws Exception {
        // given
        var disk = disk(1);
        var fixture = fixture(disk);
        fixture.append(5, 3);
        fixture.directory().close();

        // when
        write(
                disk,
                ROOT.resolve(OffsetCheckpoint.RECOVERY_POINTS),
                "0\n1\norders 0 " + said + "\n");
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
        assertThat(fixture.values(0)).hasSize(15);
    }

    /// The cache still shows what a failed sync may have dropped, also to the next process.
    @Test
    void writesOnceMoreWhatAFailedSyncMayHaveDropped() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(1, 3);
            disk.failSyncs(1);
            assertThatThrownBy(fixture.log::flush).isInstanceOf(UncheckedIOException.class);
            disk.kill();
            fixture.open();

            // when
            fixture.log.flush();
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.logEndOffset()).as("seed %d", seed).isEqualTo(3);
        }
    }

    /// Found by the simulation, seed 50103872: a full disk had refused the mark, so the next
    /// process believed the cache.
    @Test
    void marksAFailedSyncAsSoonAsAFullDiskLetsIt() {
        // given
        var disk = disk(1);
        var fixture = fixture(disk);
        fixture.append(1, 3);
        var flush = fixture.log.beginFlush();
        var mark = ROOT.resolve(fixture.log.partition().toString()).resolve(SyncFailure.FILE);
        disk.setFreeBytes(Integer.MIN_VALUE); // What the flush itself gives back is too little.
        disk.failSyncs(1);
        assertThatThrownBy(flush::sync).isInstanceOf(UncheckedIOException.class);
        fixture.directory().abandonLog(fixture.log);
        boolean markedAtOnce = disk.exists(mark);

        // when
        disk.clean();
        assertThatThrownBy(() ->
                        fixture.directory()
                                .openLog(
                                        fixture.log.partition(),
                                        fixture.log.topicId(),
                                        fixture.log.config()))
                .isInstanceOf(UncheckedIOException.class);

        // then
        assertThat(markedAtOnce).isFalse();
        assertThat(disk.exists(mark)).isTrue();
    }

    /// The names of folder and file, and which epoch the records are of.
    @Test
    void syncsWhatAKilledProcessHadNot() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(3, 3);
            disk.kill();
            fixture.open();

            // when
            fixture.log.flush();
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.logEndOffset()).as("seed %d", seed).isEqualTo(9);
            assertThat(fixture.log.epochOf(0)).hasValue(LogFixture.EPOCH);
        }
    }

    /// The time index of a segment that was closed by a process that was killed lacked its end, and
    /// nobody looked at the segment again.
    @Test
    void knowsTheYoungestRecordOfASegmentThatWasRecovered() {
        // given
        var disk = disk(1);
        var fixture = fixture(disk);
        fixture.append(TestBatches.batch().timestamps(9_000).records(3).build());
        fixture.append(TestBatches.batch().timestamps(1_000).records(3).build());
        fixture.append(TestBatches.batch().timestamps(2_000).records(3).build());

        // when
        disk.kill();
        fixture.open();
        fixture.reopenCleanly();

        // then
        assertThat(fixture.log.maxTimestamp())
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(2));
        assertThat(fixture.log.offsetForTimestamp(8_000))
                .hasValueSatisfying(found -> assertThat(found.offset()).isZero());
    }

    /// Of the records that are left: a younger one may lie before the log start.
    @Test
    void findsTheYoungestRecordBehindTheLogStart() {
        // given
        var fixture = fixture(disk(1));
        fixture.append(TestBatches.batch().timestamps(9_000).records(3).build());
        fixture.append(TestBatches.batch().timestamps(1_000).records(3).build());

        // when
        fixture.log.advanceLogStart(3);

        // then
        assertThat(fixture.log.maxTimestamp())
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(5));
    }

    /// A crash brought back the snapshot of what had been truncated; the log had grown beyond it
    /// meanwhile, with other records.
    @Test
    void knowsProducersByTheRecordsThatAreThereNotByThoseThatWere() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            IntStream.range(0, 5).forEach(i -> fixture.append(sent(i)));
            fixture.log.flush();
            fixture.directory().checkpoint();

            // when
            fixture.log.truncateTo(1);
            IntStream.range(0, 5).forEach(_ -> fixture.append(batchOf(1)));
            fixture.log.flush();
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.append(sent(1))).as("seed %d", seed).isInstanceOf(Appended.class);
        }
    }

    private static ByteBuffer sent(int sequence) {
        return TestBatches.batch().producer(5, 0, sequence).records(1).build();
    }

    /// The records stood in the file already when the index could not be written: a second batch
    /// got the same offsets.
    @Test
    void isAsItWasWhenTheDiskIsFullForAnIndex() {
        for (int room = 0; room < 4_000; room += 50) {
            // given
            var disk = disk(1);
            var config = LogConfig.defaults().with("index.interval.bytes", "1");
            var fixture = new LogFixture(ROOT, disk, config);
            disk.setFreeBytes(room + 128L * BATCH_BYTES);
            long end = appendUntilRefused(fixture);

            // when
            disk.clean();
            fixture.append(1, 3);

            // then
            assertThat(fixture.log.logEndOffset()).isEqualTo(end + 3);
            assertThat(fixture.values(0)).hasSize((int) end + 3);
            fixture.reopenAfterKill();
            assertThat(fixture.values(0)).as("room for %d", room).hasSize((int) end + 3);
        }
    }

    private static long appendUntilRefused(LogFixture fixture) {
        while (true) {
            try {
                fixture.append(1, 3);
            } catch (UncheckedIOException full) {
                assertThat(full).rootCause().hasMessageContaining("No space left");
                return fixture.log.logEndOffset();
            }
        }
    }

    /// The piece of a batch that did not fit was cut when the segment was closed, after its flush.
    @Test
    void servesNoPieceOfABatchThatDidNotFit() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(1, 3);
            disk.setFreeBytes(12);
            assertThatThrownBy(() -> fixture.append(1, 3)).isInstanceOf(UncheckedIOException.class);
            disk.clean();
            fixture.log.flush();
            fixture.log.reconfigure(LogConfig.defaults().with("segment.bytes", "100"));
            fixture.append(1, 3);
            fixture.directory().close();

            // when
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.read(0, Long.MAX_VALUE, 1 << 20, true).sizeBytes())
                    .as("seed %d", seed)
                    .isEqualTo(BATCH_BYTES);
        }
    }

    @Test
    void doesNotGoBackBehindAFreshStart() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(5, 3);
            fixture.log.flush();
            fixture.directory().checkpoint();

            // when
            fixture.log.truncateFullyAndStartAt(4);
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.logStartOffset()).as("seed %d", seed).isEqualTo(4);
            assertThat(fixture.log.logEndOffset()).isEqualTo(4);
        }
    }

    /// A process may end between two steps of a truncation (disk history 10111004).
    @Test
    void doesNotGetBackWhatWasGivenUpHalfway() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(2, 3);
            fixture.log.flush();
            fixture.directory().checkpoint();
            fixture.directory().abandon();
            var records = fixture.folder().resolve("00000000000000000000.log");
            disk.rename(records, Path.of(records + ".deleted"));
            fixture.open();
            fixture.append(1, 1);

            // when
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.logEndOffset()).as("seed %d", seed).isLessThanOrEqualTo(1);
        }
    }

    /// What was known of producers when the log ended before its start came back, and with it what
    /// they are to send next (disk history 30023585).
    @Test
    void doesNotRememberProducersOfRecordsThatAreLostBehindTheLogStart() {
        for (int seed = 0; seed < SEEDS; seed++) {
            // given
            var disk = disk(seed);
            var fixture = fixture(disk);
            fixture.append(sent(0));
            fixture.directory().close();
            fixture.open();
            IntStream.rangeClosed(1, 3).forEach(i -> fixture.append(sent(i)));
            fixture.log.advanceLogStart(3);
            fixture.directory().checkpoint();
            disk.crash();
            fixture.open();

            // when
            disk.crash();
            fixture.open();

            // then
            assertThat(fixture.log.activeProducers())
                    .as("seed %d", seed)
                    .allMatch(producer -> producer.lastSequence() >= 2);
        }
    }
}
