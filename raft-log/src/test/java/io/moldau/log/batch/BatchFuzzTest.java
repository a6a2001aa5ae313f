package io.moldau.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.api.Test;

/// Throws damaged batches whose checksum is right at the validator. Whatever comes, it says yes or
/// no, and what it lets in Kafka's own reader can read.
///
/// `-Dfuzz.inputs=1000000` runs as many, `-Dfuzz.seed=…` repeats a run; the seed of a failed run is
/// in its message.
class BatchFuzzTest {
    private static final int INPUTS = Integer.getInteger("fuzz.inputs", 10_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int RECORDS_MAX = 30;
    private static final int CHANGES_MAX = 4;

    /// Behind it begins what the checksum covers.
    private static final int CHECKSUM_END = 21;

    /// What a collected heap may hold more at the end than at the beginning.
    private static final long GROWTH_BYTES_MAX = 16L << 20;

    private static final BatchRules OPEN =
            new BatchRules(false, false, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20, false);

    private final Random random = new Random(SEED);
    private final BatchValidator validator = new BatchValidator();

    @Test
    void letsInOnlyWhatAClientCanRead() {
        var batches = batches();
        long heapBefore = 0;
        int letIn = 0;
        long startNanos = System.nanoTime();
        for (int i = 0; i < INPUTS; i++) {
            if (i == INPUTS / 10) {
                heapBefore = heapBytes(); // What is made once is there by now.
            }
            var batch = damaged(batches.get(random.nextInt(batches.size())));
            if (passes(batch, i)) {
                letIn++;
            }
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long grownBytes = heapBytes() - heapBefore;

        System.out.printf(
                "batch fuzzing: %d inputs, %.0f per second, %d let in, heap grew by %d KiB%n",
                INPUTS, INPUTS / seconds, letIn, grownBytes >> 10);
        assertThat(letIn).isBetween(1, INPUTS - 1);
        assertThat(grownBytes).isLessThan(GROWTH_BYTES_MAX);
    }

    private boolean passes(ByteBuffer batch, int input) {
        try {
            if (validator.check(batch, OPEN, 1_000_000) != null) {
                return false;
            }
            assertReadable(batch);
            return true;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed %d, input %d".formatted(SEED, input), e);
        }
    }

    /// Whole batches of every codec and of many sizes.
    private static List<ByteBuffer> batches() {
        var batches = new ArrayList<ByteBuffer>();
        for (var codec : codecs()) {
            for (int records = 1; records <= RECORDS_MAX; records++) {
                batches.add(TestBatches.batch().compressed(codec).records(records).build());
            }
        }
        return batches;
    }

    private static List<Compression> codecs() {
        return List.of(
                Compression.NONE,
                Compression.gzip().build(),
                Compression.snappy().build(),
                Compression.lz4().build(),
                Compression.zstd().build());
    }

    /// A copy with a few bytes changed behind the checksum, which is made to fit again.
    private ByteBuffer damaged(ByteBuffer whole) {
        var batch = ByteBuffer.allocate(whole.remaining()).put(whole.duplicate()).flip();
        int changes = random.nextInt(1, CHANGES_MAX + 1);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(CHECKSUM_END, batch.remaining());
            batch.put(at, (byte) random.nextInt());
        }
        BatchLayout.sealChecksum(batch, 0, batch.remaining());
        return batch;
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

    @SuppressWarnings("DoNotCall") // Only what is still reachable counts.
    private static long heapBytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
