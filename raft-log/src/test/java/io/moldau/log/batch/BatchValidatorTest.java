package io.moldau.log.batch;

import static io.moldau.log.batch.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchValidatorTest {
    private static final long NOW_MS = 1_000_000_000;
    private static final BatchRules OPEN =
            new BatchRules(false, false, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20, false);

    private final BatchValidator validator = new BatchValidator();

    static List<Compression> codecs() {
        return List.of(
                Compression.NONE,
                Compression.gzip().build(),
                Compression.snappy().build(),
                Compression.lz4().build(),
                Compression.zstd().build());
    }

    private BatchFault check(ByteBuffer batch) {
        return validator.check(batch, OPEN, NOW_MS);
    }

    private void assertRefused(ByteBuffer batch, Errors error) {
        var fault = check(batch);
        assertThat(fault).isNotNull();
        assertThat(fault.error()).isEqualTo(error);
    }

    /// A changed batch whose checksum fits, so that only the change itself can be to blame.
    private static ByteBuffer sealed(ByteBuffer batch) {
        BatchLayout.sealChecksum(batch, 0, batch.remaining());
        return batch;
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void acceptsWhatKafkasProducerBuilds(Compression codec) {
        // given
        var batch =
                batch().compressed(codec)
                        .record(5, null, null)
                        .record(9, "key", "x".repeat(100_000))
                        .record(7, "", "", new RecordHeader("h", new byte[300]))
                        .record(8, "k", "v", new RecordHeader("null", null))
                        .build();

        // when
        var fault = check(batch);

        // then
        assertThat(fault).isNull();
        assertThat(validator.maxTimestampMs()).isEqualTo(9);
    }

    @Test
    void acceptsAValueThatEndsWithTheReadersWindow() {
        for (int size = 16_300; size < 16_400; size++) {
            assertThat(check(batch().record("x".repeat(size)).build())).isNull();
            var header = new RecordHeader("h", new byte[size]);
            assertThat(check(batch().record(1, "k", "v", header).build())).isNull();
        }
    }

    @Test
    void refusesAnEmptyBuffer() {
        assertRefused(ByteBuffer.allocate(0), Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1})
    void refusesOldFormats(byte magic) {
        assertRefused(batch().records(1).build().put(16, magic), Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @ValueSource(bytes = {-1, 3, 127})
    void refusesUnknownFormats(byte magic) {
        assertRefused(batch().records(1).build().put(16, magic), Errors.CORRUPT_MESSAGE);
    }

    @Test
    void refusesEveryTruncation() {
        // given
        var whole = batch().records(3).build();

        for (int length = 0; length < whole.remaining(); length++) {
            // when
            var fault = check(whole.slice(0, length));

            // then
            assertThat(fault).as("length %d", length).isNotNull();
            assertThat(fault.error()).isEqualTo(Errors.INVALID_RECORD);
        }
    }

    @Test
    void refusesTwoBatchesAtOnce() {
        // given
        var one = batch().records(1).build();
        var two = ByteBuffer.allocate(2 * one.remaining()).put(one.duplicate()).put(one).flip();

        // then
        assertRefused(two, Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 48})
    void refusesImpossibleSizes(int length) {
        assertRefused(batch().records(1).build().putInt(8, length), Errors.CORRUPT_MESSAGE);
    }

    @Test
    void refusesASizeBeyondTheBuffer() {
        assertRefused(
                batch().records(1).build().putInt(8, Integer.MAX_VALUE), Errors.INVALID_RECORD);
    }

    @Test
    void refusesEverySingleFlippedBitThatTheChecksumCovers() {
        // given
        var good = batch().records(2).build();

        for (int at = 17; at < good.remaining(); at++) {
            for (int bit = 0; bit < 8; bit++) {
                // when
                var bad = ByteBuffer.allocate(good.remaining()).put(good.duplicate()).flip();
                bad.put(at, (byte) (bad.get(at) ^ 1 << bit));

                // then
                assertRefused(bad, Errors.CORRUPT_MESSAGE);
            }
        }
    }

    @Test
    void refusesABatchThatIsTooLarge() {
        // given
        var batch = batch().record("x".repeat(1000)).build();
        var rules = new BatchRules(false, false, Long.MAX_VALUE, Long.MAX_VALUE, 1000, false);

        // when
        var fault = validator.check(batch, rules, NOW_MS);

        // then
        assertThat(fault.error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, Integer.MAX_VALUE})
    void refusesACountThatIsNotThatOfTheRecords(int count) {
        var batch = sealed(batch().records(3).build().putInt(57, count));
        assertRefused(batch, Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, Integer.MAX_VALUE})
    void refusesACountThatOnlyTheHeaderAgreesWith(int count) {
        var batch = batch().records(3).build().putInt(57, count).putInt(23, count - 1);
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesControlRecords() {
        var batch = batch().records(1).build();
        BatchLayoutTest.setAttribute(batch, BatchLayout.CONTROL_FLAG);
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesTransactionalBatches() {
        var batch = batch().producer(1, 0, 0).transactional().records(1).build();
        assertRefused(batch, Errors.INVALID_TXN_STATE);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7})
    void refusesUnknownCodecs(int codec) {
        var batch = batch().records(1).build();
        BatchLayoutTest.setAttribute(batch, codec);
        assertRefused(sealed(batch), Errors.UNSUPPORTED_COMPRESSION_TYPE);
    }

    @Test
    void refusesAProducerWithoutSequence() {
        var batch = batch().records(1).build().putLong(43, 7);
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesATimestampTypeThatIsTheBrokersToSet() {
        var batch = batch().records(1).build();
        BatchLayoutTest.setAttribute(batch, BatchLayout.APPEND_TIME_FLAG);
        assertRefused(sealed(batch), Errors.INVALID_TIMESTAMP);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void refusesAPayloadThatItsCodecCannotRead(int codec) {
        var batch = batch().record("not compressed at all".repeat(10)).build();
        BatchLayoutTest.setAttribute(batch, codec);
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesSnappyFramesThatClaimHalfAGigabyte() {
        // given
        var batch = batch().compressed(Compression.snappy().build()).records(50).build();

        // when
        batch.putInt(61 + 16, 0x1fffffff);

        // then
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesEverySingleChangedByteOfARecordsFrame() {
        // given
        var good = batch().record(1_000, "k", "v").build();
        int lengthAt = 61;
        int keyLengthAt = lengthAt + 4;
        int valueLengthAt = keyLengthAt + 2;
        int headerCountAt = valueLengthAt + 2;

        for (int at : new int[] {lengthAt, keyLengthAt, valueLengthAt, headerCountAt}) {
            for (int value = 0; value < 256; value++) {
                // when
                var bad = ByteBuffer.allocate(good.remaining()).put(good.duplicate()).flip();
                if (bad.get(at) == (byte) value) {
                    continue;
                }
                bad.put(at, (byte) value);

                // then
                assertRefused(sealed(bad), Errors.INVALID_RECORD);
            }
        }
    }

    @Test
    void refusesOffsetDeltasThatDoNotCountUp() {
        // given
        var batch = batch().record(1_000, "k", "v").build();

        // when
        batch.put(61 + 3, (byte) 2); // Zigzag for 1.

        // then
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void refusesNumbersThatNeverEnd() {
        // given
        var batch = batch().record("x".repeat(40)).build();

        // when
        for (int at = 61; at < 61 + 12; at++) {
            batch.put(at, (byte) 0x80);
        }

        // then
        assertRefused(sealed(batch), Errors.INVALID_RECORD);
    }

    @Test
    void namesEachRecordWithoutAKeyOnACompactedTopic() {
        // given
        var rules = new BatchRules(true, false, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20, false);
        var batch = batch().record(1, "k", "v").record(1, null, "v").record(1, null, "v").build();

        // when
        var fault = validator.check(batch, rules, NOW_MS);

        // then
        assertThat(fault.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(fault.records()).extracting(BatchFault.RecordFault::index).containsExactly(1, 2);
    }

    @Test
    void namesEachRecordWhoseTimeIsTooFarAway() {
        // given
        var rules = new BatchRules(false, false, 100, 10, 1 << 20, false);
        var batch =
                batch().record(NOW_MS - 101, "k", "old")
                        .record(NOW_MS - 100, "k", "just right")
                        .record(NOW_MS + 10, "k", "just right")
                        .record(NOW_MS + 11, "k", "early")
                        .record(-1, "k", "none")
                        .build();

        // when
        var fault = validator.check(batch, rules, NOW_MS);

        // then
        assertThat(fault.error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(fault.records()).extracting(BatchFault.RecordFault::index).containsExactly(0, 3);
    }

    @Test
    void doesNotMindTheProducersTimeWhereTheBrokerStamps() {
        // given
        var rules = new BatchRules(false, true, 100, 10, 1 << 20, false);

        // when
        var fault = validator.check(batch().record(5, "k", "v").build(), rules, NOW_MS);

        // then
        assertThat(fault).isNull();
    }

    @Test
    void isAsGoodAfterABadBatchAsBefore() {
        // given
        var broken = batch().compressed(Compression.lz4().build()).records(100).build();
        var good = batch().compressed(Compression.lz4().build()).records(100).build();
        broken.putInt(57, 99).putInt(23, 98);

        // when
        assertRefused(sealed(broken), Errors.INVALID_RECORD);

        // then
        assertThat(check(good)).isNull();
    }
}
