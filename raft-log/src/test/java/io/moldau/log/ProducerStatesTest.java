package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.TestBatches;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerStatesTest {
    private static final long PRODUCER = 77;

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

    private AppendResult send(int epoch, int sequence, int records) {
        return fixture.append(
                TestBatches.batch().producer(PRODUCER, epoch, sequence).records(records).build());
    }

    private static Errors errorOf(AppendResult result) {
        return ((Refused) result).error();
    }

    /// Classic bug 12.
    @Test
    void answersARepeatedBatchWithItsFirstOffsets() {
        // given
        send(0, 0, 3);
        send(0, 3, 2);

        // when
        var again = send(0, 0, 3);

        // then
        assertThat(again).isEqualTo(new Duplicate(0, 2, -1));
        assertThat(fixture.log.logEndOffset()).isEqualTo(5);
    }

    @Test
    void remembersTheLastTenBatchesAndNoMore() {
        // given
        for (int i = 0; i < 11; i++) {
            send(0, i, 1);
        }

        // then
        for (int i = 1; i < 11; i++) {
            assertThat(send(0, i, 1)).isEqualTo(new Duplicate(i, i, -1));
        }
        assertThat(errorOf(send(0, 0, 1))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void refusesAGapInTheSequence() {
        // given
        send(0, 0, 3);

        // then
        assertThat(errorOf(send(0, 4, 1))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(errorOf(send(0, 2, 1))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(0, 3, 1)).isInstanceOf(Appended.class);
    }

    @Test
    void takesAnyFirstSequenceOfAnUnknownProducer() {
        assertThat(send(0, 500, 3)).isInstanceOf(Appended.class);
        assertThat(send(0, 503, 1)).isInstanceOf(Appended.class);
    }

    @Test
    void letsANewEpochBeginAtZeroOnly() {
        // given
        send(0, 0, 3);

        // then
        assertThat(errorOf(send(1, 3, 1))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(1, 0, 1)).isInstanceOf(Appended.class);
    }

    @Test
    void fencesAnOlderEpoch() {
        // given
        send(5, 0, 1);

        // then
        assertThat(errorOf(send(4, 1, 1))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void goesOnFromZeroBehindTheLargestSequence() {
        // given
        send(0, Integer.MAX_VALUE - 3, 2);

        // when
        var wrapping = send(0, Integer.MAX_VALUE - 1, 4); // ends with sequence 1
        var next = send(0, 2, 1);
        var again = send(0, Integer.MAX_VALUE - 1, 4);

        // then
        assertThat(wrapping).isInstanceOf(Appended.class);
        assertThat(next).isInstanceOf(Appended.class);
        assertThat(again).isEqualTo(new Duplicate(2, 5, -1));
    }

    @Test
    void answersADuplicateWithTheTimeItWasStampedWith() {
        // given
        var config = LogConfig.defaults().with("message.timestamp.type", "LogAppendTime");
        fixture.log.reconfigure(config);
        long stampedMs = fixture.clock.wallMs();
        send(0, 0, 1);

        // when
        fixture.clock.advance(5_000);
        var again = send(0, 0, 1);

        // then
        assertThat(again).isEqualTo(new Duplicate(0, 0, stampedMs));
    }

    @Test
    void stillKnowsTenBatchesAfterACleanRestart() {
        // given
        for (int i = 0; i < 12; i++) {
            send(2, i * 10, 10);
        }

        // when
        fixture.reopenCleanly();

        // then
        for (int i = 2; i < 12; i++) {
            assertThat(send(2, i * 10, 10)).isEqualTo(new Duplicate(i * 10L, i * 10L + 9, -1));
        }
        assertThat(send(2, 120, 1)).isInstanceOf(Appended.class);
    }

    /// Classic bug 12, from a snapshot and what was written after it.
    @Test
    void stillKnowsTenBatchesAfterAKillAndARoll() {
        // given
        int oneBatch = TestBatches.batchOf(10).remaining();
        fixture.log.reconfigure(
                LogConfig.defaults().with("segment.bytes", Integer.toString(3 * oneBatch)));
        for (int i = 0; i < 12; i++) {
            send(2, i * 10, 10);
        }

        // when
        fixture.reopenAfterKill();

        // then
        for (int i = 2; i < 12; i++) {
            assertThat(send(2, i * 10, 10)).isEqualTo(new Duplicate(i * 10L, i * 10L + 9, -1));
        }
    }

    @Test
    void readsTheRecordsWhenTheSnapshotIsDamaged() throws Exception {
        // given
        send(0, 0, 5);
        fixture.directory().close();
        var snapshot = fixture.folder().resolve("00000000000000000005.snapshot");
        var bytes = Files.readAllBytes(snapshot);
        bytes[20] ^= 1;
        Files.write(snapshot, bytes);

        // when
        fixture.open();

        // then
        assertThat(send(0, 0, 5)).isEqualTo(new Duplicate(0, 4, -1));
    }

    @Test
    void forgetsWhatWasTruncated() {
        // given
        send(0, 0, 1);
        send(0, 1, 1);

        // when
        fixture.log.truncateTo(1);

        // then
        assertThat(send(0, 1, 1)).isEqualTo(new Appended(1, 1, -1, 72));
    }

    @Test
    void forgetsProducersThatAreSilentForLong() {
        // given
        send(0, 0, 1);

        // when
        fixture.clock.advance(LogConfig.defaults().producerIdExpirationMs());
        fixture.log.maintain(fixture.clock.wallMs(), Long.MAX_VALUE);

        // then
        assertThat(fixture.log.activeProducers()).isEmpty();
    }

    @Test
    void showsItsProducers() {
        // given
        send(4, 0, 3);

        // then
        assertThat(fixture.log.activeProducers())
                .containsExactly(new ProducerView(PRODUCER, (short) 4, 2, 1002, -1, -1));
    }
}
