package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.batch.TestBatches;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRecoveryTest {
    @TempDir Path root;
    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = LogFixture.on(root);
    }

    private Path segment(long baseOffset) {
        return fixture.folder().resolve("%020d.log".formatted(baseOffset));
    }

    private static void cut(Path file, long size) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) ~one.get(0)).flip();
            channel.write(one, position);
        }
    }

    @Test
    void cutsATailThatIsTornAnywhereInTheLastBatch() throws Exception {
        // given
        fixture.append(2, 3);
        long good = Files.size(segment(0));
        fixture.append(batchOf("torn"));
        var whole = Files.readAllBytes(segment(0));

        for (int size = (int) good; size < whole.length; size++) {
            // when
            fixture.directory().abandon();
            Files.write(segment(0), whole);
            cut(segment(0), size);
            fixture.open();

            // then
            assertThat(fixture.log.logEndOffset()).as("cut at %d", size).isEqualTo(6);
            assertThat(Files.size(segment(0))).isEqualTo(good);
        }
        fixture.append(batchOf("next"));
        assertThat(fixture.values(5)).containsExactly("5=v2", "6=next");
    }

    @Test
    void keepsAWholeTail() {
        // given
        fixture.append(3, 3);

        // when
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.values(0)).hasSize(9);
    }

    @Test
    void cutsATailOfZeros() throws Exception {
        // given
        fixture.append(2, 3);
        long good = Files.size(segment(0));
        fixture.directory().abandon();
        Files.write(segment(0), new byte[10_000], StandardOpenOption.APPEND);

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(6);
        assertThat(Files.size(segment(0))).isEqualTo(good);
    }

    @Test
    void cutsAtTheFirstBatchThatWasNotFlushedAndIsDamaged() throws Exception {
        // given
        int oneBatch = batchOf(3).remaining();
        fixture.append(2, 3);
        fixture.log.flush();
        fixture.append(4, 3);
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        flip(segment(0), 3L * oneBatch + 70);

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.values(0)).hasSize(9);
    }

    /// A batch's first offset lies outside its checksum.
    @Test
    void cutsWhereAFlippedBitMovedABatchToAnotherOffset() throws Exception {
        // given
        int oneBatch = batchOf(3).remaining();
        fixture.append(4, 3);
        fixture.directory().abandon();
        flip(segment(0), 2L * oneBatch + 7);

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(6);
        assertThat(fixture.values(0)).hasSize(6);
    }

    @Test
    void dropsTheSegmentsBehindATornOne() throws Exception {
        // given
        int oneBatch = batchOf(3).remaining();
        var small = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * oneBatch));
        fixture.log.reconfigure(small);
        fixture.append(5, 3);
        fixture.directory().abandon();
        cut(segment(6), oneBatch + 10);

        // when
        fixture.open();
        fixture.append(batchOf("next"));

        // then
        assertThat(segment(12)).doesNotExist();
        assertThat(fixture.log.logEndOffset()).isEqualTo(10);
        assertThat(fixture.values(8)).containsExactly("8=v2", "9=next");
    }

    /// Found by PartitionLogPropertyTest: the end of one file was lost, the next file was not.
    @Test
    void leavesNoGapWhenWholeBatchesOfAFullSegmentAreLost() throws Exception {
        // given
        int oneBatch = batchOf(3).remaining();
        var small = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * oneBatch));
        fixture.log.reconfigure(small);
        fixture.append(5, 3);
        fixture.directory().abandon();
        cut(segment(6), oneBatch);

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.values(0)).hasSize(9);
    }

    @Test
    void doesNotReadWhatWasFlushedBefore() throws Exception {
        // given
        int oneBatch = batchOf(3).remaining();
        var small = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * oneBatch));
        fixture.log.reconfigure(small);
        fixture.append(5, 3);
        fixture.log.flush();
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        flip(segment(0), 70); // Would be found out if it were read.

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
    }

    @Test
    void trustsTheCheckpointAfterACleanStop() throws Exception {
        // given
        fixture.append(5, 3);
        fixture.directory().close();
        flip(segment(0), 70);

        // when
        fixture.open();

        // then
        assertThat(fixture.directory().cleanShutdown()).isTrue();
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
    }

    @Test
    void recoversAfterACleanStopWhenTheCheckpointIsLost() throws Exception {
        // given
        fixture.append(5, 3);
        fixture.directory().close();
        Files.delete(root.resolve("recovery-point-offset-checkpoint"));

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
        assertThat(fixture.values(0)).hasSize(15);
    }

    @Test
    void writesLostIndexesAnew() throws Exception {
        // given
        fixture.log.reconfigure(LogConfig.defaults().with("index.interval.bytes", "100"));
        fixture.append(200, 3);
        fixture.directory().close();
        Files.delete(fixture.folder().resolve("00000000000000000000.index"));
        Files.delete(fixture.folder().resolve("00000000000000000000.timeindex"));

        // when
        fixture.open();

        // then
        assertThat(fixture.values(300)).hasSize(300);
        assertThat(fixture.log.maxTimestamp()).isPresent();
        assertThat(fixture.folder().resolve("00000000000000000000.index")).isNotEmptyFile();
    }

    /// What a crash loses of an index need not be its end (disk history 20043431).
    @Test
    void findsRecordsByTimeThoughTheFirstTimeIsTorn() throws Exception {
        // given
        fixture.close();
        var config = LogConfig.defaults().with("index.interval.bytes", "100");
        fixture = LogFixture.on(root.resolve("torn"), config);
        for (int i = 0; i < 20; i++) {
            fixture.clock.advance(10);
            fixture.append(1, 3);
        }
        long second = fixture.clock.wallMs() - 180;
        fixture.log.flush();
        fixture.directory().checkpoint();
        fixture.reopenAfterKill(); // Which writes the indexes.
        fixture.directory().abandon();
        try (var times = new RandomAccessFile(file(".timeindex"), "rw")) {
            times.write(new byte[Long.BYTES]);
        }

        // when
        fixture.open();

        // then
        assertThat(fixture.log.offsetForTimestamp(second))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(3));
    }

    /// The index of times was as it had been before an earlier start, that of offsets was not (disk
    /// history 40001857).
    @Test
    void findsTheYoungestRecordThoughTheIndexesAreOfDifferentDays() throws Exception {
        // given
        fixture.close();
        int batchBytes = TestBatches.batch().timestamps(0).records(1).build().remaining();
        var config =
                LogConfig.defaults()
                        .with("index.interval.bytes", Integer.toString(2 * batchBytes - 1));
        fixture = LogFixture.on(root.resolve("days"), config);
        for (long timestamp : new long[] {1000, 5000, 500}) {
            fixture.append(TestBatches.batch().timestamps(timestamp).records(1).build());
        }
        fixture.log.flush();
        fixture.directory().checkpoint();
        fixture.reopenAfterKill(); // Which writes the indexes.
        fixture.directory().abandon();
        assertThat(file(".index")).hasSize(8);
        try (var times = new RandomAccessFile(file(".timeindex"), "rw")) {
            times.writeLong(1000);
            times.writeInt(0);
            times.writeLong(9000); // Of a record that was truncated.
            times.writeInt(3);
        }

        // when
        fixture.open();

        // then
        assertThat(fixture.log.maxTimestamp())
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(1));
    }

    /// Closed while a flush was under way, it became one that says nothing (disk history 70081069).
    @Test
    void doesNotWriteEpochsThatItCouldNotRead() throws Exception {
        // given
        fixture.append(2, 3);
        fixture.reopenCleanly();
        fixture.directory().close();
        cut(fixture.folder().resolve(EpochCache.FILE), 0);
        fixture.open();
        var _ = fixture.log.beginFlush();

        // when
        fixture.reopenCleanly();

        // then
        assertThat(fixture.log.epochOf(0)).hasValue(LogFixture.EPOCH);
    }

    private File file(String suffix) {
        return fixture.folder().resolve("00000000000000000000" + suffix).toFile();
    }

    @Test
    void readsRightWithIndexesOfGarbage() throws Exception {
        // given
        fixture.log.reconfigure(LogConfig.defaults().with("index.interval.bytes", "100"));
        fixture.append(200, 3);
        fixture.directory().close();
        var index = fixture.folder().resolve("00000000000000000000.index");
        for (int i = 0; i < 40; i++) {
            flip(index, i * 16L + 6);
        }

        // when
        fixture.open();

        // then
        for (int offset = 0; offset < 600; offset += 7) {
            assertThat(fixture.values(offset)).hasSize(600 - offset);
        }
    }

    @Test
    void goesOnAtTheLogStartWhenAllBehindItIsLost() {
        // given
        fixture.append(5, 3);
        fixture.log.advanceLogStart(12);
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        assertThat(segment(0).toFile().delete()).isTrue();

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(12);
        assertThat(fixture.log.logEndOffset()).isEqualTo(12);
    }
}
