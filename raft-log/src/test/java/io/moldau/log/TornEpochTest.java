package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Disk;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.LogDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No checksum covers the leader epoch of a batch, and a write may be torn within it.
///
/// Disk history 1096851 was the first to show it.
class TornEpochTest {
    private static final int BATCH_BYTES = batchOf(3).remaining();
    private static final int EPOCH_AT = 12;

    @TempDir Path root;

    /// Two batches of three records to a segment.
    private LogFixture fixture() {
        var config = LogConfig.defaults().with("segment.bytes", Integer.toString(2 * BATCH_BYTES));
        return new LogFixture(root, Disk.system(), config);
    }

    private Path file(long baseOffset) {
        return root.resolve("orders-0").resolve("%020d.log".formatted(baseOffset));
    }

    private void writeEpoch(long segment, int batch, int epoch) throws IOException {
        try (var channel = FileChannel.open(file(segment), StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.allocate(Integer.BYTES).putInt(epoch).flip();
            channel.write(bytes, (long) batch * BATCH_BYTES + EPOCH_AT);
        }
    }

    private void loseEpochs() throws IOException {
        Files.delete(root.resolve("orders-0").resolve(EpochCache.FILE));
    }

    @Test
    void endsTheLogWhereTheEpochFalls() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(4, 3);
        fixture.directory().abandon();
        loseEpochs();

        // when
        writeEpoch(6, 1, 0);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.log.latestEpoch()).isEqualTo(LogFixture.EPOCH);
    }

    @Test
    void comparesTheFirstBatchOfASegmentWithTheLastOfTheOneBefore() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(4, 3);
        fixture.directory().abandon();
        loseEpochs();

        // when
        writeEpoch(6, 0, 0);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(6);
    }

    @Test
    void comparesTheFirstBatchThatWasNotFlushedWithTheLastOneThatWas() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(3, 3);
        fixture.log.flush();
        fixture.directory().checkpoint();
        fixture.append(1, 3);
        fixture.directory().abandon();

        // when
        writeEpoch(6, 1, 1);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.log.damageAtOpening()).isNull();
    }

    /// Of the very first batch only the checkpoint of the epochs can tell.
    @Test
    void believesTheCheckpointThatAnEpochHadBegun() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(2, 3);
        fixture.directory().abandon();

        // when
        writeEpoch(0, 0, 0);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isZero();
    }

    /// The machine's end may take the checkpoint's latest lines, and leave the records.
    @Test
    void keepsRecordsOfAnEpochThatTheCheckpointHasNotHeardOf() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(2, 3);
        var old = Files.readString(root.resolve("orders-0").resolve(EpochCache.FILE));
        var later = TestBatches.batch().records(3).build();
        fixture.log.append(later, AppendMode.CLIENT, 7, fixture.clock.wallMs());
        fixture.directory().abandon();

        // when
        Files.writeString(root.resolve("orders-0").resolve(EpochCache.FILE), old);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.log.epochOf(6)).hasValue(7);
        assertThat(fixture.log.epochOf(5)).hasValue(LogFixture.EPOCH);
    }

    /// What was flushed was not torn: it is damaged, which the scrub finds, and stays readable.
    @Test
    void cutsNothingThatWasFlushed() throws Exception {
        // given
        var fixture = fixture();
        fixture.append(5, 3);
        fixture.log.flush();
        fixture.directory().checkpoint();
        fixture.directory().abandon();

        // when
        writeEpoch(6, 1, 9);
        writeEpoch(12, 0, 0);
        fixture.open();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(15);
        assertThat(fixture.log.latestEpoch()).isEqualTo(LogFixture.EPOCH);
        assertThat(scrubbed(fixture.log))
                .isEqualTo(
                        new LogDamage(
                                file(6), BATCH_BYTES, 9, 12, "leader epoch 9 where it was 3"));
    }

    private static LogDamage scrubbed(PartitionLog log) {
        try (var ticket = log.beginScrub(6)) {
            while (ticket.read(1 << 20)) {
                // On to the end.
            }
            return log.completeScrub(ticket);
        }
    }

    /// A reign that wrote nothing, and one of an older epoch that did.
    @Test
    void knowsThatAReignThatWroteNothingIsOver() {
        // given
        var fixture = fixture();
        fixture.append(2, 3);
        fixture.log.startEpoch(8);
        var older = TestBatches.batch().at(6, 5).records(3).build();

        // when
        fixture.log.append(older, AppendMode.REPLICA, 9, fixture.clock.wallMs());
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(9);
        assertThat(fixture.log.latestEpoch()).isEqualTo(5);
    }
}
