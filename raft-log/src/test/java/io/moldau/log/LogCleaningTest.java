package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.DamagedLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a log with gaps is to those who read it, and what a cleaner does with what not everybody
/// writes.
class LogCleaningTest {
    private static final Path ROOT = Path.of("/sim/log");
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("cleanup.policy", "compact")
                    .with("segment.bytes", "300")
                    .with("index.interval.bytes", "100")
                    .with("delete.retention.ms", "1000");

    private final SimDisk disk = new SimDisk(5);
    private final LogFixture fixture = new LogFixture(ROOT, disk, CONFIG);

    @AfterEach
    void close() {
        fixture.close();
    }

    private void put(String... keys) {
        var batch = TestBatches.batch();
        for (var key : keys) {
            long offset = fixture.log.logEndOffset();
            batch.record(10_000 + offset * 10, key, "v");
        }
        fixture.append(batch.build());
    }

    /// From here on one batch a segment.
    private void putAlone(String... keys) {
        next();
        put(keys);
    }

    private void replica(ByteBuffer batch) {
        fixture.log.append(batch, AppendMode.REPLICA, LogFixture.EPOCH, fixture.clock.wallMs());
    }

    private List<String> texts() {
        return CleanedLog.texts(fixture.log);
    }

    @Test
    void aReaderWithinAGapGoesOnBehindIt() {
        for (int i = 0; i < 20; i++) {
            put("a", "b");
        }
        put("c");
        CleanedLog.clean(fixture);

        var first = CleanedLog.records(fixture.log, 0).getFirst();
        for (long offset = 0; offset <= first.offset(); offset++) {
            assertThat(CleanedLog.records(fixture.log, offset).getFirst()).isEqualTo(first);
        }
        assertThat(first.offset()).isGreaterThan(20);
    }

    @Test
    void aTimeIsLookedUpAmongWhatIsLeft() {
        for (int i = 0; i < 20; i++) {
            put("a", "b");
        }
        put("c");
        CleanedLog.clean(fixture);

        var left = CleanedLog.records(fixture.log);
        for (var record : left) {
            assertThat(fixture.log.offsetForTimestamp(record.timestampMs()))
                    .hasValueSatisfying(found ->
                            assertThat(found.offset()).isLessThanOrEqualTo(record.offset()));
        }
        assertThat(fixture.log.offsetForTimestamp(0))
                .hasValueSatisfying(
                        found -> assertThat(found.offset()).isEqualTo(left.getFirst().offset()));
        assertThat(fixture.log.maxTimestamp())
                .hasValueSatisfying(found ->
                        assertThat(found.timestampMs()).isEqualTo(left.getLast().timestampMs()));
    }

    /// Whole batches, as replication sends them, from any offset at which a follower may stand.
    @Test
    void aFollowerHasTheSameRecordsInTheEnd() {
        for (int i = 0; i < 20; i++) {
            put("a", "b");
            put("k" + i);
        }
        CleanedLog.clean(fixture);

        for (long start : new long[] {0, 1, 7, 30, 59}) {
            var follower = new LogFixture(Path.of("/sim/f" + start), disk, CONFIG);
            follower.log.truncateFullyAndStartAt(start);
            for (long next = start; next < fixture.log.logEndOffset(); ) {
                var batches = fixture.log.readWhole(next, 200);
                var bytes = ByteBuffer.allocate(batches.sizeBytes());
                batches.slice().readFully(bytes);
                batches.slice().release();
                follower.log.append(bytes.flip(), AppendMode.REPLICA, LogFixture.EPOCH, 1);
                next = batches.nextOffset();
                assertThat(follower.log.logEndOffset()).isEqualTo(next);
            }
            assertThat(CleanedLog.records(follower.log))
                    .containsAll(CleanedLog.records(fixture.log, start));
            follower.reopenAfterKill();
            assertThat(follower.log.logEndOffset()).isEqualTo(fixture.log.logEndOffset());
            follower.close();
        }
    }

    @Test
    void epochsKeepTheirPlacesThoughTheirRecordsGo() {
        put("a");
        fixture.log.startEpoch(4);
        fixture.log.append(
                TestBatches.batch().record(1, "a", "w").build(), AppendMode.CLIENT, 4, 1);
        fixture.log.startEpoch(5);
        for (int i = 0; i < 20; i++) {
            fixture.log.append(
                    TestBatches.batch().record(1, "a", "x").build(), AppendMode.CLIENT, 5, 1);
        }
        CleanedLog.clean(fixture);

        assertThat(fixture.log.endOffsetFor(3)).isEqualTo(new EpochEnd(3, 1));
        assertThat(fixture.log.endOffsetFor(4)).isEqualTo(new EpochEnd(4, 2));
        assertThat(fixture.log.epochOf(1)).hasValue(4);
    }

    @Test
    void isRecoveredWithItsGapsThoughItIsNoLongerCompacted() {
        for (int i = 0; i < 20; i++) {
            put("a", "b");
        }
        CleanedLog.clean(fixture);
        var left = texts();
        fixture.directory().close();
        disk.delete(ROOT.resolve(".kafka_cleanshutdown"));
        disk.delete(ROOT.resolve("recovery-point-offset-checkpoint"));

        var later = new LogFixture(ROOT, disk, CONFIG.with("cleanup.policy", "delete"));

        assertThat(CleanedLog.texts(later.log)).isEqualTo(left);
        later.close();
        fixture.open();
    }

    @Test
    void recordsBehindTheStableEndStay() {
        put("a");
        put("a");
        putAlone("a");
        putAlone("b");
        fixture.log.flush();

        assertThat(fixture.log.cleaning().plan(0, 1).segments()).isZero();
        assertThat(fixture.log.cleaning().plan(0, 2).segments()).isOne();
        assertThat(fixture.log.cleaning().plan(0, 4).segments()).isEqualTo(2);
    }

    @Test
    void whatACrashCouldTakeBackIsNoReasonToRemoveARecord() {
        put("a");
        putAlone("a");
        putAlone("b");

        assertThat(fixture.log.cleaning().plan(0, 3).segments()).isZero();
    }

    @Test
    void damageIsFoundAndNotCopied() throws IOException {
        for (int i = 0; i < 10; i++) {
            put("a" + i, "b");
        }
        fixture.log.flush();
        try (var file = disk.open(fixture.folder().resolve("00000000000000000000.log"))) {
            file.write(ByteBuffer.wrap(new byte[] {99}), 70);
        }

        assertThatThrownBy(() -> CleanedLog.clean(fixture))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("is damaged at position 0, offset 0: wrong CRC");
        assertThat(disk.list(fixture.folder())).noneMatch(name -> name.endsWith(".cleaned"));
    }

    private ByteBuffer transactional(long producer, String key, String value) {
        return TestBatches.batch()
                .at(fixture.log.logEndOffset(), LogFixture.EPOCH)
                .producer(producer, 0, (int) fixture.log.logEndOffset())
                .transactional()
                .record(1, key, value)
                .build();
    }

    private ByteBuffer marker(long producer, boolean commits) {
        var type = commits ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(
                        fixture.log.logEndOffset(),
                        1,
                        LogFixture.EPOCH,
                        producer,
                        (short) 0,
                        new EndTransactionMarker(type, 0))
                .buffer();
    }

    private void next() {
        fixture.log.reconfigure(CONFIG.with("segment.bytes", "80"));
    }

    @Test
    void abortedRecordsGoAndDoNotOutdateOthers() {
        put("x");
        replica(transactional(7, "x", "aborted"));
        replica(transactional(8, "y", "committed"));
        replica(marker(7, false));
        replica(marker(8, true));
        replica(transactional(7, "z", "committed"));
        replica(marker(7, true));
        next();
        put("last");
        CleanedLog.clean(fixture);

        assertThat(texts())
                .anyMatch(text -> text.equals("0:x=v"))
                .anyMatch(text -> text.equals("2:y=committed"))
                .anyMatch(text -> text.equals("5:z=committed"))
                .noneMatch(text -> text.contains("aborted"));
    }

    @Test
    void aMarkerGoesAHorizonAfterItsRecordsAre() {
        replica(transactional(7, "x", "one"));
        replica(marker(7, true));
        replica(transactional(7, "x", "two"));
        replica(marker(7, true));
        next();
        put("w");
        CleanedLog.clean(fixture); // The first record goes; its marker may still have a reader.
        assertThat(CleanedLog.records(fixture.log)).anyMatch(record -> record.offset() == 1);

        put("w");
        CleanedLog.clean(fixture); // Now the marker marks nothing.
        assertThat(CleanedLog.records(fixture.log)).anyMatch(record -> record.offset() == 1);

        fixture.clock.advance(1_001);
        put("w");
        CleanedLog.clean(fixture);

        assertThat(CleanedLog.records(fixture.log))
                .noneMatch(record -> record.offset() == 1)
                .anyMatch(record -> record.offset() == 2)
                .anyMatch(record -> record.offset() == 3);
    }
}
