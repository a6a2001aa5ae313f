package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAheadTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Uuid ID = new Uuid(1, 2);
    private static final int BATCH_BYTES = batchOf(3).remaining();
    private static final LogConfig CONFIG =
            LogConfig.defaults().with("segment.bytes", Integer.toString(2 * BATCH_BYTES));

    @TempDir Path root;

    private LogDirectory directory() {
        return LogDirectory.open(root, Clock.system(), 10);
    }

    /// Two batches to a segment.
    private static void append(PartitionLog log, int batches) {
        for (int i = 0; i < batches; i++) {
            log.append(batchOf(3), AppendMode.CLIENT, 0, System.currentTimeMillis());
        }
    }

    @Test
    void countsTheSegmentsThatMayHoldWhatWasNotFlushed() {
        // given
        var killed = directory();
        var log = killed.openLog(ORDERS, ID, CONFIG);
        append(log, 5);
        log.flush();
        append(log, 2);
        killed.checkpoint();
        killed.abandon();

        // when
        try (var directory = directory()) {
            // then: the segments from 12 and from 18 on.
            assertThat(directory.bytesToRecover(ORDERS)).isEqualTo(3L * BATCH_BYTES);
            directory.openAhead(ORDERS, ID, CONFIG);
            assertThat(directory.bytesToRecover(ORDERS)).isZero();
            assertThat(directory.bytesRecovered()).isEqualTo(3L * BATCH_BYTES);
            assertThat(directory.openLog(ORDERS, ID, CONFIG).logEndOffset()).isEqualTo(21);
        }
    }

    @Test
    void hasNothingToReadAfterACleanStop() {
        // given
        try (var directory = directory()) {
            append(directory.openLog(ORDERS, ID, CONFIG), 3);
        }

        // when
        try (var directory = directory()) {
            // then
            assertThat(directory.bytesToRecover(ORDERS)).isZero();
        }
    }

    @Test
    void makesNoLogThatIsNotThere() {
        try (var directory = directory()) {
            // given
            directory.deleteLog(directory.openLog(ORDERS, ID, CONFIG));

            // when
            directory.openAhead(ORDERS, ID, CONFIG);

            // then
            assertThat(directory.partitions()).isEmpty();
        }
    }

    @Test
    void leavesTheLogOfAnotherTopicAlone() {
        // given
        var killed = directory();
        append(killed.openLog(ORDERS, ID, CONFIG), 1);
        killed.abandon();

        // when
        try (var directory = directory()) {
            directory.openAhead(ORDERS, new Uuid(3, 4), CONFIG);

            // then
            assertThat(directory.partitions()).containsExactly(new LogName(ORDERS, ID));
        }
    }
}
