package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogScrubTest {
    private static final int BATCH_BYTES = batchOf(3).remaining();

    @TempDir Path root;
    private LogFixture fixture;

    /// Two batches of three records to a segment: 0 to 6, 6 to 12, and 12 to 15, which is open.
    @BeforeEach
    void open() {
        var config = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * BATCH_BYTES));
        fixture = LogFixture.on(root, config);
        fixture.append(5, 3);
        fixture.log.flush();
    }

    private Path segment(long baseOffset) {
        return fixture.folder().resolve("%020d.log".formatted(baseOffset));
    }

    private static void flip(Path file, int position) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[position] ^= 1;
        Files.write(file, bytes);
    }

    private List<LogDamage> scrub() {
        var found = new ArrayList<LogDamage>();
        long next = 0;
        while (true) {
            var ticket = fixture.log.beginScrub(next);
            if (ticket == null) {
                break;
            }
            readThrough(ticket);
            var damage = fixture.log.completeScrub(ticket);
            if (damage != null) {
                found.add(damage);
            }
            next = ticket.endOffset();
        }
        return found;
    }

    private static void readThrough(ScrubTicket ticket) {
        boolean more = true;
        while (more) {
            more = ticket.read(BATCH_BYTES);
        }
        ticket.close();
    }

    @Test
    void findsNothingInAGoodLog() {
        assertThat(scrub()).isEmpty();
    }

    /// Every byte of a batch counts: what the checksum leaves out is compared with what is known.
    @Test
    void findsAFlippedBitAnywhereInAClosedSegment() throws Exception {
        var good = Files.readAllBytes(segment(6));
        for (int position = 0; position < good.length; position++) {
            // given
            flip(segment(6), position);

            // when
            var found = scrub();

            // then
            assertThat(found).as("bit flipped at %d", position).hasSize(1);
            assertThat(found.getFirst().file()).isEqualTo(segment(6));
            assertThat(found.getFirst().position())
                    .isLessThanOrEqualTo(position)
                    .isIn(0L, (long) BATCH_BYTES);
            assertThat(found.getFirst().fromOffset()).isIn(6L, 9L);
            Files.write(segment(6), good);
        }
    }

    @Test
    void saysWhichRecordsADamagedBatchHeld() throws Exception {
        // given
        flip(segment(6), BATCH_BYTES + 70);

        // when
        var found = scrub();

        // then
        assertThat(found)
                .containsExactly(new LogDamage(segment(6), BATCH_BYTES, 9, 12, "wrong CRC"));
    }

    @Test
    void findsThatTheEndOfAClosedSegmentIsLost() throws Exception {
        // given
        Files.write(segment(0), Arrays.copyOf(Files.readAllBytes(segment(0)), 100));

        // when
        var found = scrub();

        // then
        assertThat(found).extracting(LogDamage::file).containsExactly(segment(0));
    }

    /// What is left is whole, and yet not all.
    @Test
    void findsThatAClosedSegmentEndsBetweenTwoBatches() throws Exception {
        // given
        fixture.directory().close();
        var half = Arrays.copyOf(Files.readAllBytes(segment(6)), BATCH_BYTES);
        Files.write(segment(6), half);
        fixture.open();

        // when
        var found = scrub();

        // then

        assertThat(found)
                .containsExactly(
                        new LogDamage(
                                segment(6),
                                BATCH_BYTES,
                                9,
                                12,
                                "the records up to 12 are missing"));
    }

    @Test
    void leavesAloneWhatIsNotYetDurable() {
        // given
        fixture.append(2, 3); // Closes the segment at 12.

        // when
        var ticket = fixture.log.beginScrub(12);

        // then
        assertThat(ticket).isNull();
    }

    /// The records of a small topic may lie in one segment for months.
    @Test
    void findsAFlippedBitInTheDurablePartOfTheLastSegment() throws Exception {
        // given
        fixture.log.flush();
        long durable = fixture.log.logEndOffset();
        fixture.append(1, 3);
        flip(segment(12), 70);

        // when
        var ticket = fixture.log.beginTailScrub(12);
        readThrough(ticket);

        // then
        assertThat(ticket.endOffset()).isEqualTo(durable);
        assertThat(fixture.log.completeScrub(ticket))
                .isEqualTo(new LogDamage(segment(12), 0, 12, 15, "wrong CRC"));
        assertThat(fixture.log.beginTailScrub(ticket.endOffset())).isNull();
    }

    @Test
    void reportsNothingOfASegmentThatWasTruncatedMeanwhile() throws Exception {
        // given
        flip(segment(6), BATCH_BYTES + 70);
        var ticket = fixture.log.beginScrub(6);
        fixture.log.truncateTo(9);

        // when
        ticket.read(1 << 20);
        ticket.close();

        // then
        assertThat(fixture.log.completeScrub(ticket)).isNull();
    }

    @Test
    void tellsWhoAsksForATimeWhereTheLogIsDamaged() throws Exception {
        // given
        flip(segment(0), 70);

        // when
        assertThatThrownBy(() -> fixture.log.offsetForTimestamp(fixture.clock.wallMs()))
                // then
                .isInstanceOfSatisfying(
                        DamagedLogException.class,
                        e ->
                                assertThat(e.damage())
                                        .isEqualTo(
                                                new LogDamage(segment(0), 0, 0, 3, "wrong CRC")));
    }

    @Test
    void tellsWhatRecoveryCutThoughItHadBeenFlushed() throws Exception {
        // given
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        flip(segment(12), 70);

        // when
        fixture.open();

        // then
        assertThat(fixture.log.damageAtOpening())
                .isEqualTo(new LogDamage(segment(12), 0, 12, -1, "wrong CRC"));
    }

    /// A process may end before the cluster has heard of it (seed 5008757).
    @Test
    void tellsOfACutAgainAndAgainUntilTheClusterKnows() throws Exception {
        // given
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        flip(segment(12), 70);
        fixture.open();

        for (int i = 0; i < 2; i++) {
            // when
            fixture.directory().checkpoint();
            fixture.reopenAfterKill();

            // then
            assertThat(fixture.log.damageAtOpening()).isNotNull();
            assertThat(fixture.log.damageAtOpening().fromOffset()).isEqualTo(12);
        }
        fixture.log.onLossKnown();
        fixture.directory().checkpoint();
        fixture.reopenAfterKill();
        assertThat(fixture.log.damageAtOpening()).isNull();
    }

    /// It was durable, and that says nothing of whether the others have it (seed 71032325).
    @Test
    void whatACutTookIsNotTakenForCommittedOnceOtherRecordsStandThere() throws Exception {
        // given
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        flip(segment(12), 70);
        fixture.open();
        fixture.log.onLossKnown();

        // when
        fixture.append(1, 3);
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
        assertThat(fixture.log.highWatermark()).isZero();
    }

    /// The epochs are read from the records then, and one of these says not where the next begins
    /// (seed 70042004).
    @Test
    void opensWhereTheEpochsAreLostAndARecordHasRotted() throws Exception {
        // given
        fixture.directory().checkpoint();
        fixture.directory().abandon();
        Files.writeString(fixture.folder().resolve(EpochCache.FILE), "torn");
        flip(segment(6), BATCH_BYTES + 8); // How long the batch is.

        // when
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.log.damageAtOpening().fromOffset()).isEqualTo(9);
        assertThat(fixture.log.epochOf(8)).hasValue(LogFixture.EPOCH);
    }
}
