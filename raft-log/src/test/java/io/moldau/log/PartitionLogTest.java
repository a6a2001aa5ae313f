package io.moldau.log;

import static io.moldau.log.LogFixture.EPOCH;
import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.TestBatches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionLogTest {
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

    private PartitionLog log() {
        return fixture.log;
    }

    private void reconfigure(String name, String value) {
        log().reconfigure(log().config().with(name, value));
    }

    @Test
    void givesOffsetsOneAfterTheOther() {
        // when
        var first = fixture.append(batchOf("a", "b"));
        var second = fixture.append(batchOf("c"));

        // then
        assertThat(first).isInstanceOf(Appended.class);
        assertThat(((Appended) first).baseOffset()).isEqualTo(0);
        assertThat(((Appended) first).lastOffset()).isEqualTo(1);
        assertThat(((Appended) second).baseOffset()).isEqualTo(2);
        assertThat(fixture.values(0)).containsExactly("0=a", "1=b", "2=c");
    }

    @Test
    void leavesAnIdlePartitionWithItsMetadataOnly() throws Exception {
        try (var files = Files.list(fixture.folder())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactly("partition.metadata");
        }
    }

    @Test
    void keepsTheProducersBytesButForOffsetAndEpoch() {
        // given
        var sent = TestBatches.batch().compressed(Compression.zstd().build()).records(20).build();
        var copy = sent.duplicate();
        int size = sent.remaining();

        // when
        fixture.append(batchOf(5));
        fixture.append(sent);
        var stored = LogFixture.bytes(log().read(5, Long.MAX_VALUE, 1 << 20, true));

        // then
        assertThat(sent.remaining()).isEqualTo(size);
        assertThat(stored.getLong(0)).isEqualTo(5);
        assertThat(stored.getInt(12)).isEqualTo(EPOCH);
        assertThat(stored.slice(16, size - 16)).isEqualTo(copy.slice(16, size - 16));
    }

    @Test
    void appendsFromDirectMemoryAsFromTheHeap() {
        // when
        fixture.append(TestBatches.batch().record("a").buildDirect());

        // then
        assertThat(fixture.values(0)).containsExactly("0=a");
    }

    @Test
    void readsFromTheMiddleOfABatch() {
        // given
        fixture.append(batchOf("a", "b", "c"));

        // when
        var read = log().read(1, Long.MAX_VALUE, 1 << 20, true);

        // then
        assertThat(TestBatches.values(LogFixture.bytes(read))).containsExactly("0=a", "1=b", "2=c");
    }

    @Test
    void readsNothingAtTheEnd() {
        // given
        fixture.append(batchOf(2));

        // when
        var read = log().read(2, Long.MAX_VALUE, 1 << 20, true);

        // then
        assertThat(read.slice()).isNull();
        assertThat(read.logEndOffset()).isEqualTo(2);
    }

    @Test
    void neverReadsBeyondTheHighWatermark() {
        // given
        fixture.append(batchOf("a"));
        fixture.append(batchOf("b"));
        fixture.append(batchOf("c"));

        // when
        var read = log().read(0, 2, 1 << 20, true);

        // then
        assertThat(TestBatches.values(LogFixture.bytes(read))).containsExactly("0=a", "1=b");
    }

    @Test
    void returnsTheFirstBatchWholeHoweverSmallTheBudget() {
        // given
        fixture.append(batchOf(10));
        fixture.append(batchOf(10));

        // when
        var whole = log().read(0, Long.MAX_VALUE, 1, true);
        var none = log().read(0, Long.MAX_VALUE, 1, false);

        // then
        assertThat(TestBatches.values(LogFixture.bytes(whole))).hasSize(10);
        assertThat(none.slice()).isNull();
    }

    @Test
    void cutsTheLastBatchAtTheBudget() {
        // given
        fixture.append(batchOf(10));
        fixture.append(batchOf(10));
        int oneBatch = batchOf(10).remaining();

        // when
        var read = log().read(0, Long.MAX_VALUE, oneBatch + 7, true);

        // then
        assertThat(LogFixture.bytes(read).remaining()).isEqualTo(oneBatch + 7);
    }

    @Test
    void refusesOffsetsOutsideTheLog() {
        // given
        fixture.append(batchOf(4));
        log().advanceLogStart(2);

        // then
        assertThatThrownBy(() -> log().read(1, Long.MAX_VALUE, 100, true))
                .isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log().read(5, Long.MAX_VALUE, 100, true))
                .isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void rollsWhenTheSegmentIsFull() throws Exception {
        // given
        int oneBatch = batchOf(10).remaining();
        reconfigure("segment.bytes", Integer.toString(oneBatch * 3));

        // when
        fixture.append(7, 10);

        // then
        assertThat(fixture.folder().resolve("00000000000000000000.log")).hasSize(oneBatch * 3L);
        assertThat(fixture.folder().resolve("00000000000000000030.log")).hasSize(oneBatch * 3L);
        assertThat(fixture.folder().resolve("00000000000000000060.log")).hasSize(oneBatch);
        assertThat(fixture.folder().resolve("00000000000000000060.snapshot")).exists();
        assertThat(fixture.values(0)).hasSize(70);
    }

    @Test
    void rollsWhenTheSegmentIsOldByTheRecordsTime() {
        // given
        reconfigure("segment.ms", "1000");
        fixture.append(1, 1);

        // when
        fixture.clock.advance(1001);
        fixture.append(1, 1);

        // then
        assertThat(fixture.folder().resolve("00000000000000000001.log")).exists();
    }

    @Test
    void rollsBeforeAnOffsetThatTheIndexCannotHold() {
        // given
        log().append(TestBatches.batch().at(0, EPOCH).records(1).build(), AppendMode.REPLICA, 0, 0);

        // when
        long far = Integer.MAX_VALUE + 1L;
        var batch = TestBatches.batch().at(far, EPOCH).record("x").build();
        log().append(batch, AppendMode.REPLICA, 0, 0);

        // then
        assertThat(log().logEndOffset()).isEqualTo(far + 1);
        assertThat(fixture.folder().resolve("00000000000000000001.log")).exists();
        assertThat(fixture.values(1)).containsExactly(far + "=x");
    }

    /// A leader that wrote nothing follows one with records of the reign before.
    @Test
    void forgetsAReignWithoutRecordsWhenOlderRecordsArrive() {
        // given
        log().append(TestBatches.batch().at(0, 3).records(2).build(), AppendMode.REPLICA, 0, 0);
        log().startEpoch(5);

        // when
        log().append(TestBatches.batch().at(2, 4).records(2).build(), AppendMode.REPLICA, 0, 0);

        // then
        assertThat(log().latestEpoch()).isEqualTo(4);
        assertThat(log().epochOf(1)).hasValue(3);
        assertThat(log().epochOf(2)).hasValue(4);
    }

    @Test
    void stampsTheBrokersTimeWhereTheTopicAsksForIt() {
        // given
        reconfigure("message.timestamp.type", "LogAppendTime");

        // when
        var result = fixture.append(TestBatches.batch().timestamps(5).records(2).build());

        // then
        assertThat(((Appended) result).logAppendTimeMs()).isEqualTo(fixture.clock.wallMs());
        assertThat(log().maxTimestamp())
                .contains(new TimestampOffset(fixture.clock.wallMs(), 0, EPOCH));
        assertThat(fixture.values(0)).hasSize(2); // The reader checks the CRC.
    }

    @Test
    void compressesAnewWhereTheTopicAsksForIt() {
        // given
        var codecs = List.of("gzip", "snappy", "lz4", "zstd", "uncompressed");

        // when
        for (var codec : codecs) {
            reconfigure("compression.type", codec);
            fixture.append(TestBatches.batch().producer(9, 0, 0).record(codec).build());
            fixture.append(
                    TestBatches.batch()
                            .compressed(Compression.gzip().build())
                            .record(codec)
                            .build());
        }

        // then
        assertThat(fixture.values(0))
                .containsExactly(
                        "0=gzip", "1=gzip", "2=snappy", "3=lz4", "4=zstd", "5=uncompressed");
        int[] expected = {1, 1, 2, 3, 4, 0};
        for (int i = 0; i < expected.length; i++) {
            var bytes = LogFixture.bytes(log().read(i, i + 1, 1 << 20, true));
            assertThat(bytes.getShort(21) & 7).isEqualTo(expected[i]);
        }
    }

    @Test
    void keepsTheProducersSequenceWhenItCompressesAnew() {
        // given
        reconfigure("compression.type", "lz4");
        fixture.append(TestBatches.batch().producer(9, 0, 0).records(3).build());

        // when
        var again = fixture.append(TestBatches.batch().producer(9, 0, 0).records(3).build());
        fixture.reopenAfterKill();
        var afterKill = fixture.append(TestBatches.batch().producer(9, 0, 0).records(3).build());

        // then
        assertThat(again).isEqualTo(new Duplicate(0, 2, -1));
        assertThat(afterKill).isEqualTo(again);
    }

    @Test
    void refusesABatchThatIsLargerThanTheTopicAllows() {
        // given
        reconfigure("max.message.bytes", "100");

        // when
        var result = fixture.append(batchOf(100));

        // then
        assertThat(((Refused) result).error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        assertThat(log().logEndOffset()).isZero();
    }

    @Test
    void forgetsRecordsBelowTheLogStart() {
        // given
        int oneBatch = batchOf(10).remaining();
        reconfigure("segment.bytes", Integer.toString(oneBatch));
        fixture.append(3, 10);

        // when
        log().advanceLogStart(15);
        fixture.directory().checkpoint();
        fixture.reopenAfterKill();

        // then
        assertThat(log().logStartOffset()).isEqualTo(15);
        assertThat(log().logEndOffset()).isEqualTo(30);
        assertThat(fixture.folder().resolve("00000000000000000000.log")).doesNotExist();
        assertThat(fixture.values(15)).hasSize(15);
    }

    @Test
    void truncatesToTheBatchThatHoldsTheOffset() {
        // given
        fixture.append(5, 10);

        // when
        log().truncateTo(30);
        fixture.append(batchOf("x"));

        // then
        assertThat(log().logEndOffset()).isEqualTo(31);
        assertThat(fixture.values(28)).containsExactly("28=v8", "29=v9", "30=x");
    }

    @Test
    void startsAnewAfterAFullTruncation() {
        // given
        fixture.append(5, 10);

        // when
        log().truncateFullyAndStartAt(1000);
        fixture.append(batchOf("x"));
        fixture.reopenCleanly();

        // then
        assertThat(log().logStartOffset()).isEqualTo(1000);
        assertThat(fixture.values(1000)).containsExactly("1000=x");
    }

    @Test
    void knowsWhereLeaderEpochsEnd() {
        // given
        log().append(batchOf(2), AppendMode.CLIENT, 0, 0);
        log().append(batchOf(3), AppendMode.CLIENT, 4, 0);
        log().startEpoch(6);

        // when
        fixture.reopenCleanly();
        log().startEpoch(6);

        // then
        assertThat(log().endOffsetFor(0)).isEqualTo(new EpochEnd(0, 2));
        assertThat(log().endOffsetFor(3)).isEqualTo(new EpochEnd(0, 2));
        assertThat(log().endOffsetFor(4)).isEqualTo(new EpochEnd(4, 5));
        assertThat(log().endOffsetFor(6)).isEqualTo(new EpochEnd(6, 5));
        assertThat(log().endOffsetFor(7)).isEqualTo(EpochEnd.UNKNOWN);
        assertThat(log().epochOf(1)).isEqualTo(OptionalInt.of(0));
        assertThat(log().epochOf(2)).isEqualTo(OptionalInt.of(4));
    }

    /// Classic bug 9, KAFKA-16541: the machine went down while the file was written.
    @ParameterizedTest
    @ValueSource(strings = {"", "0\n", "0\n2\n0 0\n", "0\n2\n0 0\n4", "0\n2\n0 0\n4 \u0000"})
    void readsEpochsFromTheRecordsWhenTheirFileIsTorn(String left) throws Exception {
        // given
        log().append(batchOf(2), AppendMode.CLIENT, 0, 0);
        log().append(batchOf(3), AppendMode.CLIENT, 4, 0);

        // when
        fixture.directory().abandon();
        Files.writeString(fixture.folder().resolve("leader-epoch-checkpoint"), left);
        fixture.open();

        // then
        assertThat(log().endOffsetFor(0)).isEqualTo(new EpochEnd(0, 2));
        assertThat(log().latestEpoch()).isEqualTo(4);
    }

    @Test
    void readsEpochsFromTheRecordsWhenTheirFileIsLost() throws Exception {
        // given
        log().append(batchOf(2), AppendMode.CLIENT, 0, 0);
        log().append(batchOf(3), AppendMode.CLIENT, 4, 0);

        // when
        fixture.directory().close();
        Files.delete(fixture.folder().resolve("leader-epoch-checkpoint"));
        fixture.open();

        // then
        assertThat(log().endOffsetFor(0)).isEqualTo(new EpochEnd(0, 2));
        assertThat(log().latestEpoch()).isEqualTo(4);
    }

    @Test
    void isReadableAtTheEndWithoutSearching() {
        // given
        fixture.append(100, 10);

        // when
        var offsets = IntStream.rangeClosed(90, 99).map(i -> i * 10);

        // then
        offsets.forEach(offset -> assertThat(fixture.values(offset)).hasSize(1000 - offset));
    }
}
