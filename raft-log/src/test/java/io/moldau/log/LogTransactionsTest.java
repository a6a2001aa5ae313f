package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.EndMarker;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.AbortedTransaction;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTransactionsTest {
    private static final long ANNA = 100;
    private static final long BERT = 200;

    @TempDir Path root;
    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = LogFixture.on(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private AppendResult send(long producer, int epoch, int sequence, int records) {
        var batch =
                TestBatches.batch()
                        .timestamps(fixture.clock.wallMs())
                        .producer(producer, epoch, sequence)
                        .transactional();
        return fixture.log.append(
                batch.records(records).build(),
                AppendMode.TRANSACTION,
                LogFixture.EPOCH,
                fixture.clock.wallMs());
    }

    private AppendResult end(long producer, int epoch, boolean commits) {
        return end(producer, epoch, 1, commits);
    }

    private AppendResult end(long producer, int epoch, int coordinatorEpoch, boolean commits) {
        return fixture.log.appendMarker(
                new EndMarker(producer, (short) epoch, coordinatorEpoch, commits),
                LogFixture.EPOCH,
                fixture.clock.wallMs());
    }

    private static Errors errorOf(AppendResult result) {
        return ((Refused) result).error();
    }

    private long stableOffset() {
        return fixture.log.lastStableOffset(fixture.log.logEndOffset());
    }

    private List<AbortedTransaction> abortedFrom(long offset) {
        var read = fixture.log.read(offset, stableOffset(), 1 << 20, true);
        var aborted = fixture.log.abortedIn(read, stableOffset());
        LogFixture.bytes(read);
        return aborted;
    }

    @Test
    void isStableUpToTheFirstRecordOfAnOpenTransaction() {
        // given
        fixture.append(1, 3);

        // when
        send(ANNA, 0, 0, 2);
        fixture.append(1, 4);

        // then
        assertThat(stableOffset()).isEqualTo(3);
    }

    @Test
    void isStableUpToTheEndWhenAllHaveEnded() {
        // given
        send(ANNA, 0, 0, 2);
        send(BERT, 0, 0, 2);
        end(ANNA, 0, true);
        assertThat(stableOffset()).isEqualTo(2);

        // when
        end(BERT, 0, false);

        // then
        assertThat(stableOffset()).isEqualTo(6);
    }

    @Test
    void waitsUntilTheMarkerIsCommittedItself() {
        // given
        send(ANNA, 0, 0, 3);
        end(ANNA, 0, true);

        // then
        assertThat(fixture.log.lastStableOffset(3)).isZero();
        assertThat(fixture.log.lastStableOffset(4)).isEqualTo(4);
    }

    @Test
    void tellsAReaderOfTheTransactionsThatWereAborted() throws Exception {
        // given
        send(ANNA, 0, 0, 2);
        send(BERT, 0, 0, 3);
        end(BERT, 0, false);
        end(ANNA, 0, false);

        // then
        assertThat(abortedFrom(0))
                .containsExactly(
                        new AbortedTransaction(BERT, 2, 5, 0),
                        new AbortedTransaction(ANNA, 0, 6, 7));
        assertThat(abortedFrom(6)).containsExactly(new AbortedTransaction(ANNA, 0, 6, 7));
    }

    @Test
    void writesTheFileAsKafkaDoes() throws Exception {
        // given
        send(ANNA, 0, 0, 2);
        assertThat(fixture.files(".txnindex")).isEmpty();

        // when
        end(ANNA, 0, false);

        // then
        var file = Files.readAllBytes(fixture.folder().resolve("00000000000000000000.txnindex"));
        var expected = ByteBuffer.allocate(34).putShort((short) 0);
        expected.putLong(ANNA).putLong(0).putLong(2).putLong(3);
        assertThat(file).isEqualTo(expected.array());
    }

    @Test
    void hasNoFileWhereNothingWasAborted() throws Exception {
        // given
        send(ANNA, 0, 0, 2);
        end(ANNA, 0, true);

        // when
        fixture.reopenCleanly();

        // then
        assertThat(fixture.files(".txnindex")).isEmpty();
        assertThat(abortedFrom(0)).isEmpty();
    }

    @Test
    void stillWaitsForATransactionThatWasOpenAtARestart() {
        // given
        send(ANNA, 0, 0, 2);

        // when
        fixture.reopenCleanly();

        // then
        assertThat(stableOffset()).isZero();
        end(ANNA, 0, false);
        assertThat(abortedFrom(0)).containsExactly(new AbortedTransaction(ANNA, 0, 2, 3));
    }

    @Test
    void readsTheIndexFromTheRecordsWhenAKillTookItAway() throws Exception {
        // given
        send(ANNA, 0, 0, 2);
        end(ANNA, 0, false);

        // when
        Files.delete(fixture.folder().resolve("00000000000000000000.txnindex"));
        fixture.reopenAfterKill();

        // then
        assertThat(abortedFrom(0)).containsExactly(new AbortedTransaction(ANNA, 0, 2, 3));
    }

    @Test
    void forgetsAMarkerThatIsTruncated() throws Exception {
        // given
        send(ANNA, 0, 0, 2);
        end(ANNA, 0, false);
        send(BERT, 0, 0, 1);
        end(BERT, 0, false);

        // when
        fixture.log.truncateTo(2);

        // then
        assertThat(stableOffset()).isZero();
        assertThat(fixture.files(".txnindex")).isEmpty();
        end(ANNA, 0, true);
        assertThat(abortedFrom(0)).isEmpty();
        assertThat(stableOffset()).isEqualTo(3);
    }

    @Test
    void findsATransactionThatWasAbortedInALaterSegment() throws Exception {
        // given
        fixture.log.reconfigure(fixture.log.config().with("segment.bytes", "300"));
        send(ANNA, 0, 0, 2);
        fixture.append(6, 5);
        end(ANNA, 0, false);

        // then
        assertThat(fixture.files(".log").size()).isGreaterThan(2);
        assertThat(fixture.files(".txnindex"))
                .hasSize(1)
                .doesNotContain("00000000000000000000.txnindex");
        assertThat(abortedFrom(0)).containsExactly(new AbortedTransaction(ANNA, 0, 32, 33));
    }

    @Test
    void takesTheIndexAwayWithItsSegment() throws Exception {
        // given
        fixture.log.reconfigure(
                fixture.log.config().with("segment.bytes", "300").with("retention.ms", "1000"));
        send(ANNA, 0, 0, 2);
        end(ANNA, 0, false);
        fixture.append(6, 5);

        // when
        fixture.clock.advance(2_000);
        fixture.log.maintain(fixture.clock.wallMs(), fixture.log.logEndOffset());
        fixture.clock.advance(60_000);
        fixture.directory().sweep();

        // then
        assertThat(fixture.files("")).noneMatch(name -> name.contains("txnindex"));
    }

    @Test
    void endsATransactionOfWhichTheLogHasForgottenTheBeginning() {
        // given
        send(ANNA, 0, 0, 2);
        fixture.append(1, 3);

        // when
        fixture.log.advanceLogStart(4);

        // then
        assertThat(stableOffset()).isEqualTo(4);
        end(ANNA, 0, true);
        assertThat(stableOffset()).isEqualTo(6);
    }

    @Test
    void findsTheEndOfATransactionThatLiesBelowTheLogStart() {
        // given: a snapshot with the transaction open, and its marker behind that
        fixture.log.reconfigure(fixture.log.config().with("segment.bytes", "300"));
        send(ANNA, 0, 0, 2);
        fixture.append(2, 5);
        end(ANNA, 0, true);
        fixture.append(1, 1);
        fixture.log.advanceLogStart(13);
        fixture.directory().checkpoint();

        // when
        fixture.reopenAfterKill();

        // then
        assertThat(stableOffset()).isEqualTo(fixture.log.logEndOffset());
    }

    @Test
    void refusesAMarkerOfAnOlderProducerOrCoordinator() {
        // given
        send(ANNA, 3, 0, 1);
        end(ANNA, 3, 7, true);

        // then
        assertThat(errorOf(end(ANNA, 2, 8, true))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(errorOf(end(ANNA, 3, 6, true))).isEqualTo(Errors.TRANSACTION_COORDINATOR_FENCED);
        assertThat(end(ANNA, 3, 7, true)).isInstanceOf(Appended.class);
    }

    @Test
    void beginsTheNextTransactionAtZeroWhenTheMarkerRaisedTheEpoch() {
        // given
        send(ANNA, 0, 0, 2);

        // when: KIP-890
        end(ANNA, 1, true);

        // then
        assertThat(errorOf(send(ANNA, 0, 2, 1))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(errorOf(send(ANNA, 1, 2, 1))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(ANNA, 1, 0, 1)).isInstanceOf(Appended.class);
    }

    @Test
    void goesOnInTheSequenceWhenTheMarkerKeptTheEpoch() {
        // given
        send(ANNA, 0, 0, 2);
        end(ANNA, 0, true);

        // then
        assertThat(send(ANNA, 0, 2, 1)).isInstanceOf(Appended.class);
    }

    @Test
    void keepsAProducersPlainBatchesOutOfItsTransaction() {
        // given
        send(ANNA, 0, 0, 2);

        // then
        var plain = TestBatches.batch().producer(ANNA, 0, 2).records(1).build();
        assertThat(errorOf(fixture.append(plain))).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void takesNoTransactionFromAClientThatHasNone() {
        // given
        var batch = TestBatches.batch().producer(ANNA, 0, 0).transactional().records(1);

        // then
        assertThat(errorOf(fixture.append(batch.build()))).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void doesNotForgetAProducerWhoseTransactionIsOpen() {
        // given
        send(ANNA, 0, 0, 1);

        // when
        fixture.clock.advance(LogConfig.defaults().producerIdExpirationMs());
        fixture.log.maintain(fixture.clock.wallMs(), 0);

        // then
        assertThat(fixture.log.activeProducers()).hasSize(1);
        assertThat(fixture.log.activeProducers().getFirst().currentTxnStartOffset()).isZero();
    }
}
