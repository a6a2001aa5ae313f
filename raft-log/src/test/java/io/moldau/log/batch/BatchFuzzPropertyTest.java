package io.moldau.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.internals.BufferSupplier;

class BatchFuzzPropertyTest {
    private static final BatchRules OPEN =
            new BatchRules(false, false, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);

    private static Compression codec(int id) {
        return switch (id) {
            case 1 -> Compression.gzip().build();
            case 2 -> Compression.snappy().build();
            case 3 -> Compression.lz4().build();
            case 4 -> Compression.zstd().build();
            default -> Compression.NONE;
        };
    }

    /// Changes a few bytes behind the checksum, which is made to fit again.
    private static void damage(ByteBuffer batch, Random random) {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = 21 + random.nextInt(batch.remaining() - 21);
            batch.put(at, (byte) random.nextInt());
        }
        BatchLayout.sealChecksum(batch, 0, batch.remaining());
    }

    /// Whatever comes, the validator says yes or no, and what it lets in Kafka's own reader can
    /// read.
    @Property(tries = 200)
    void letsInOnlyWhatAClientCanRead(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int codec) {
        var random = new Random(seed);
        var validator = new BatchValidator();
        for (int i = 0; i < 50; i++) {
            // given
            var batch =
                    TestBatches.batch()
                            .compressed(codec(codec))
                            .records(1 + random.nextInt(30))
                            .build();
            damage(batch, random);

            // when
            var fault = validator.check(batch, OPEN, 1_000_000);

            // then
            if (fault == null) {
                assertReadable(batch);
            }
        }
    }

    private static void assertReadable(ByteBuffer batch) {
        int count = 0;
        for (var kafkas : MemoryRecords.readableRecords(batch).batches()) {
            try (var records = kafkas.streamingIterator(BufferSupplier.NO_CACHING)) {
                while (records.hasNext()) {
                    assertThat(records.next().offset() - kafkas.baseOffset()).isEqualTo(count);
                    count++;
                }
            }
        }
        assertThat(count).isEqualTo(BatchLayout.recordCount(batch, 0));
    }
}
