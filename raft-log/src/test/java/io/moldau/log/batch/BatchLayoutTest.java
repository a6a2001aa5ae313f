package io.moldau.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class BatchLayoutTest {
    static void setAttribute(ByteBuffer batch, int flags) {
        batch.putShort(21, (short) (batch.getShort(21) | flags));
    }

    @Test
    void findsTheFieldsWhereKafkaPutsThem() {
        // given
        var bytes =
                TestBatches.batch()
                        .at(418, 3)
                        .producer(77, 5, 90)
                        .timestamps(123)
                        .records(4)
                        .build();
        var kafkas = MemoryRecords.readableRecords(bytes).batches().iterator().next();

        // then
        assertThat(BatchLayout.baseOffset(bytes, 0)).isEqualTo(kafkas.baseOffset()).isEqualTo(418);
        assertThat(BatchLayout.lastOffset(bytes, 0)).isEqualTo(kafkas.lastOffset());
        assertThat(BatchLayout.sizeBytes(bytes, 0)).isEqualTo(kafkas.sizeInBytes());
        assertThat(BatchLayout.leaderEpoch(bytes, 0)).isEqualTo(kafkas.partitionLeaderEpoch());
        assertThat(BatchLayout.maxTimestamp(bytes, 0)).isEqualTo(kafkas.maxTimestamp());
        assertThat(BatchLayout.baseTimestamp(bytes, 0)).isEqualTo(123);
        assertThat(BatchLayout.producerId(bytes, 0)).isEqualTo(kafkas.producerId());
        assertThat(BatchLayout.producerEpoch(bytes, 0)).isEqualTo(kafkas.producerEpoch());
        assertThat(BatchLayout.baseSequence(bytes, 0)).isEqualTo(kafkas.baseSequence());
        assertThat(BatchLayout.recordCount(bytes, 0)).isEqualTo(4);
        assertThat(BatchLayout.crc(bytes, 0)).isEqualTo((int) kafkas.checksum());
        assertThat(BatchLayout.computeCrc(bytes, 0, bytes.remaining()))
                .isEqualTo((int) kafkas.checksum());
    }
}
