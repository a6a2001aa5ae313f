package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.batch.TestBatches;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRetentionTest {
    private static final int BATCH_BYTES = batchOf(10).remaining();

    @TempDir Path root;
    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture =
                LogFixture.on(
                        root,
                        LogConfig.defaults()
                                .with("segment.bytes", Integer.toString(2 * BATCH_BYTES))
                                .with("retention.ms", "1000")
                                .with("file.delete.delay.ms", "60000"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private boolean maintain() {
        return fixture.log.maintain(fixture.clock.wallMs(), fixture.log.logEndOffset());
    }

    private void reconfigure(String name, String value) {
        fixture.log.reconfigure(fixture.log.config().with(name, value));
    }

    @Test
    void dropsSegmentsWhoseYoungestRecordIsTooOld() {
        // given
        fixture.append(4, 10);
        fixture.clock.advance(900);
        fixture.append(1, 10);

        // when
        fixture.clock.advance(200);
        boolean changed = maintain();

        // then
        assertThat(changed).isTrue();
        assertThat(fixture.log.logStartOffset()).isEqualTo(40);
        assertThat(fixture.values(40)).hasSize(10);
    }

    /// An earlier crash may have torn what a snapshot has of them (disk history 7018650).
    @Test
    void remembersTheProducersOfRecordsThatGoThoughTheirSnapshotIsIllegible() throws Exception {
        // given
        fixture.append(fromProducer());
        fixture.append(3, 10);
        fixture.clock.advance(900);
        fixture.append(1, 10);
        for (var name : fixture.files(".snapshot")) {
            var file = fixture.folder().resolve(name);
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 11));
        }

        // when
        fixture.clock.advance(200);
        maintain();
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(40);
        assertThat(fixture.append(fromProducer())).isInstanceOf(AppendResult.Duplicate.class);
    }

    /// An earlier crash may have taken the snapshot between two segments, and left an older one
    /// (disk history 20005188).
    @Test
    void remembersTheProducersOfRecordsThatGoThoughTheLatestSnapshotIsOlder() throws Exception {
        // given
        fixture.append(2, 10);
        fixture.append(fromProducer());
        fixture.append(1, 10);
        fixture.clock.advance(900);
        fixture.append(1, 10);
        for (var name : fixture.files(".snapshot")) {
            if (!name.equals("00000000000000000020.snapshot")) {
                Files.delete(fixture.folder().resolve(name));
            }
        }
        fixture.reopenAfterKill();

        // when
        fixture.clock.advance(200);
        maintain();
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(40);
        assertThat(fixture.append(fromProducer())).isInstanceOf(AppendResult.Duplicate.class);
    }

    /// A crash took the latest snapshot, but brought back an older one that retention had removed
    /// with its segment (disk history 110048299).
    @Test
    void doesNotKnowAProducerAsItWasBeforeRecordsThatAreGone() throws Exception {
        // given
        fixture.append(fromProducer());
        fixture.append(1, 10);
        fixture.append(fromProducer(10));
        fixture.append(2, 10);
        for (var name : fixture.files("")) {
            boolean goes = name.startsWith("00000000000000000000.") || name.contains("20.");
            if ((goes && !name.equals("00000000000000000020.snapshot"))
                    || name.equals("00000000000000000040.snapshot")) {
                Files.delete(fixture.folder().resolve(name));
            }
        }
        fixture.reopenAfterKill();

        // when
        var next = fixture.append(fromProducer(20));

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(40);
        assertThat(next).isInstanceOf(AppendResult.Appended.class);
    }

    private ByteBuffer fromProducer() {
        return fromProducer(0);
    }

    private ByteBuffer fromProducer(int sequence) {
        return TestBatches.batch()
                .timestamps(fixture.clock.wallMs())
                .producer(9, 0, sequence)
                .records(10)
                .build();
    }

    @Test
    void keepsWhatIsYoungEnough() {
        // given
        fixture.append(4, 10);

        // when
        fixture.clock.advance(1000);

        // then
        assertThat(maintain()).isFalse();
    }

    @Test
    void dropsTheLastSegmentTooAndStillKnowsWhereTheLogEnds() {
        // given
        fixture.append(5, 10);

        // when
        fixture.clock.advance(2000);
        maintain();
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(50);
        assertThat(fixture.log.logEndOffset()).isEqualTo(50);
        assertThat(maintain()).isFalse();
    }

    @Test
    void dropsTheOldestWhileWhatStaysIsLargeEnough() {
        // given
        reconfigure("retention.ms", "-1");
        reconfigure("retention.bytes", Integer.toString(4 * BATCH_BYTES));
        fixture.append(7, 10);

        // when
        maintain();

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(20);
        assertThat(fixture.log.sizeBytes()).isEqualTo(5L * BATCH_BYTES);
    }

    @Test
    void keepsWhatIsNotYetCommitted() {
        // given
        fixture.append(6, 10);
        fixture.clock.advance(2000);

        // when
        fixture.log.maintain(fixture.clock.wallMs(), 39);

        // then
        assertThat(fixture.log.logStartOffset()).isEqualTo(20);
    }

    @Test
    void neverDropsFromATopicThatIsOnlyCompacted() {
        // given
        reconfigure("cleanup.policy", "compact");
        fixture.append(6, 10);

        // when
        fixture.clock.advance(2000);

        // then
        assertThat(maintain()).isFalse();
    }

    @Test
    void removesFilesWhenTheirDelayIsOver() throws Exception {
        // given
        fixture.append(5, 10);
        fixture.clock.advance(2000);
        maintain();
        assertThat(fixture.files(".deleted")).hasSize(9);

        // when
        fixture.clock.advance(59_999);
        fixture.directory().checkpoint();
        assertThat(fixture.files(".deleted")).hasSize(9);
        fixture.clock.advance(1);
        fixture.directory().checkpoint();

        // then
        assertThat(fixture.files(".deleted")).isEmpty();
        assertThat(fixture.files(".log")).containsExactly("00000000000000000050.log");
    }

    @Test
    void letsAReaderFinishWithADroppedSegment() {
        // given
        fixture.append(5, 10);
        var read = fixture.log.read(0, Long.MAX_VALUE, 1 << 20, true);

        // when
        fixture.clock.advance(2000);
        maintain();
        fixture.clock.advance(60_000);
        fixture.directory().checkpoint();

        // then
        assertThat(LogFixture.bytes(read).remaining()).isEqualTo(2 * BATCH_BYTES);
    }

    @Test
    void closesASegmentThatNobodyWritesToWhenItIsOldEnough() throws Exception {
        // given
        reconfigure("retention.ms", "-1");
        reconfigure("segment.ms", "5000");
        fixture.append(1, 10);

        // when
        fixture.clock.advance(5_000);
        maintain();
        assertThat(fixture.files(".log")).hasSize(1);
        fixture.clock.advance(1_010); // The batch's last record is 9 ms younger than its first.
        maintain();

        // then
        assertThat(fixture.files(".log"))
                .containsExactly("00000000000000000000.log", "00000000000000000010.log");
        assertThat(fixture.log.logStartOffset()).isZero();
        assertThat(fixture.values(0)).hasSize(10);
    }

    @Test
    void closesTheSegmentOfACompactedTopicTooWhenNobodyWrites() throws Exception {
        // given
        reconfigure("cleanup.policy", "compact");
        reconfigure("segment.ms", "5000");
        fixture.append(1, 10);

        // when
        fixture.clock.advance(10_000);
        maintain();

        // then
        assertThat(fixture.files(".log")).hasSize(2);
    }

    @Test
    void doesNotLetYoungerRecordsKeepTheOldOnesForEver() {
        // given
        reconfigure("segment.bytes", "1000000");

        // when: a record every 100 ms, kept for a second
        for (int i = 0; i < 50; i++) {
            fixture.append(1, 1);
            fixture.clock.advance(100);
            maintain();
        }

        // then
        assertThat(fixture.log.logStartOffset()).isBetween(25L, 45L);
    }

    @Test
    void leavesASegmentAloneIntoWhichRecordsOfLongAgoAreBeingCopied() throws Exception {
        // given
        reconfigure("retention.ms", "-1");
        reconfigure("segment.bytes", "1000000");

        // when
        for (int i = 0; i < 20; i++) {
            fixture.append(TestBatches.batch().timestamps(1_000).records(1).build());
            fixture.clock.advance(60_000);
            maintain();
        }

        // then
        assertThat(fixture.files(".log")).hasSize(1);
    }

    @Test
    void keepsARecordOfTheFutureUntilItsOwnTimeAndRetentionHavePassed() {
        // given
        long future = fixture.clock.wallMs() + 3_000_000;
        fixture.append(TestBatches.batch().timestamps(future).records(1).build());

        // when
        fixture.clock.advance(3_001_000);
        boolean early = maintain();
        fixture.clock.advance(1);

        // then
        assertThat(early).isFalse();
        assertThat(maintain()).isTrue();
    }

    @Test
    void countsTheTimeSinceRecordsWithoutATimeStampWereWritten() throws Exception {
        // given
        fixture.append(TestBatches.batch().record(-1, "k", "v").build());
        var file = fixture.folder().resolve("00000000000000000000.log");
        Files.setLastModifiedTime(file, FileTime.fromMillis(fixture.clock.wallMs()));

        // when
        fixture.clock.advance(1_000);
        boolean early = maintain();
        fixture.clock.advance(1);

        // then
        assertThat(early).isFalse();
        assertThat(maintain()).isTrue();
    }

    @Test
    void takesUpALongerRetentionBeforeTheNextLook() {
        // given
        fixture.append(5, 10);
        fixture.clock.advance(2_000);
        reconfigure("retention.ms", "3600000");

        // then
        assertThat(maintain()).isFalse();
        reconfigure("retention.ms", "1000");
        assertThat(maintain()).isTrue();
    }

    @Test
    void looksAgainAtWhatTheHighWatermarkHeldBack() {
        // given
        fixture.append(4, 10);
        fixture.clock.advance(2_000);
        assertThat(fixture.log.maintain(fixture.clock.wallMs(), 0)).isFalse();

        // then
        assertThat(fixture.log.maintain(fixture.clock.wallMs(), 40)).isTrue();
    }
}
