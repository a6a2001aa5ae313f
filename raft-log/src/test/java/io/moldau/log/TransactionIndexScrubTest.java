package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.batch.EndMarker;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.AbortedTransaction;
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

/// Readers of committed records believe the index of aborted transactions, and no checksum covers
/// it.
class TransactionIndexScrubTest {
    private static final long ANNA = 100;
    private static final long BERT = 200;

    @TempDir Path root;
    private LogFixture fixture;
    private long secondSegment;

    /// Anna's transaction begins in the first segment and is aborted in the second, where Bert's
    /// begins and is aborted, too. A third segment is open.
    @BeforeEach
    void open() {
        fixture = LogFixture.on(root, LogConfig.defaults());
        send(ANNA, 0);
        roll();
        secondSegment = fixture.log.logEndOffset() - 1;
        send(BERT, 0);
        abort(ANNA);
        abort(BERT);
        roll();
        fixture.log.flush();
        fixture.directory().checkpoint();
    }

    private void roll() {
        fixture.log.reconfigure(LogConfig.defaults().with("segment.bytes", "100"));
        fixture.append(1, 1);
        fixture.log.reconfigure(LogConfig.defaults());
    }

    private void send(long producer, int sequence) {
        var batch = TestBatches.batch().producer(producer, 0, sequence).transactional();
        fixture.log.append(
                batch.records(2).build(),
                AppendMode.TRANSACTION,
                LogFixture.EPOCH,
                fixture.clock.wallMs());
    }

    private void abort(long producer) {
        fixture.log.appendMarker(
                new EndMarker(producer, (short) 0, 1, false),
                LogFixture.EPOCH,
                fixture.clock.wallMs());
    }

    private Path file(long segment, String suffix) {
        return fixture.folder().resolve("%020d%s".formatted(segment, suffix));
    }

    private Path index() {
        return file(secondSegment, ".txnindex");
    }

    private List<LogDamage> scrub() {
        var found = new ArrayList<LogDamage>();
        long next = 0;
        for (var ticket = fixture.log.beginScrub(next);
                ticket != null;
                ticket = fixture.log.beginScrub(next)) {
            try (var reading = ticket) {
                while (reading.read(100)) {
                    // On, in small steps.
                }
                var damage = fixture.log.completeScrub(reading);
                if (damage != null) {
                    found.add(damage);
                }
                next = reading.endOffset();
            }
        }
        return found;
    }

    private List<AbortedTransaction> aborted() {
        var read = fixture.log.read(secondSegment, Long.MAX_VALUE, 1 << 20, true);
        var found = fixture.log.abortedIn(read, fixture.log.logEndOffset());
        LogFixture.bytes(read);
        return found;
    }

    @Test
    void leavesARightIndexAsItIs() throws Exception {
        // given
        var good = Files.readAllBytes(index());

        // when
        var found = scrub();

        // then
        assertThat(found).isEmpty();
        assertThat(Files.readAllBytes(index())).hasSize(2 * 34).isEqualTo(good);
        assertThat(file(0, ".txnindex")).doesNotExist();
    }

    @Test
    void writesAnIndexWithAFlippedBitAnew() throws Exception {
        var good = Files.readAllBytes(index());
        for (int position = 0; position < good.length; position++) {
            // given
            var bad = good.clone();
            bad[position] ^= 4;
            Files.write(index(), bad);

            // when
            var found = scrub();

            // then
            assertThat(found).isEmpty();
            assertThat(Files.readAllBytes(index())).as("flipped at %d", position).isEqualTo(good);
        }
    }

    @Test
    void writesAnIndexThatIsGoneOrCutAnew() throws Exception {
        var good = Files.readAllBytes(index());
        for (int length = 0; length < good.length; length++) {
            // given
            Files.delete(index());
            if (length > 0) {
                Files.write(index(), Arrays.copyOf(good, length));
            }

            // when
            scrub();

            // then
            assertThat(Files.readAllBytes(index())).as("cut to %d", length).isEqualTo(good);
        }
    }

    @Test
    void readersSeeWhatWasMended() throws Exception {
        // given
        var good = aborted();
        var bad = Files.readAllBytes(index());
        bad[9] ^= 1; // Another producer.
        Files.write(index(), bad);
        fixture.reopenAfterKill();
        aborted(); // It is in memory now.

        // when
        scrub();

        // then
        assertThat(aborted()).isEqualTo(good).hasSize(2);
    }

    @Test
    void takesAwayAnIndexWhereNothingWasAborted() throws Exception {
        // given
        Files.copy(index(), file(0, ".txnindex"));

        // when
        var found = scrub();

        // then
        assertThat(found).isEmpty();
        assertThat(file(0, ".txnindex")).doesNotExist();
    }

    @Test
    void tellsOfWhatItCannotWriteAnew() throws Exception {
        // given
        Files.delete(file(secondSegment, ".snapshot"));
        fixture.reopenAfterKill();
        Files.write(index(), new byte[35]);

        // when
        var found = scrub();

        // then
        assertThat(found).extracting(LogDamage::file).containsExactly(index());
        assertThat(found.getFirst().fromOffset()).isEqualTo(secondSegment);
    }

    /// Of a compacted log records are missing that the index was made from.
    @Test
    void onlyLooksWhetherItIsAnIndexWhereRecordsMayBeGone() throws IOException {
        // given
        fixture.log.reconfigure(LogConfig.defaults().with("cleanup.policy", "compact"));
        var bytes = Files.readAllBytes(index());
        bytes[9] ^= 1;
        Files.write(index(), bytes);

        // when
        var found = scrub();

        // then
        assertThat(found).isEmpty();
        assertThat(Files.readAllBytes(index())).isEqualTo(bytes);
    }
}
