package io.moldau.chaos.fuzz;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.BatchRules;
import io.moldau.log.batch.BatchValidator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// The check that decides whether a batch may enter a log. What it lets in, Kafka's own reader must
/// be able to read.
final class BatchTarget implements FuzzTarget {
    private static final int RECORDS_MAX = 30;
    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final BatchRules OPEN =
            new BatchRules(false, false, Long.MAX_VALUE, Long.MAX_VALUE, BATCH_BYTES_MAX, false);
    private static final List<Compression> CODECS =
            List.of(
                    Compression.NONE,
                    Compression.gzip().build(),
                    Compression.snappy().build(),
                    Compression.lz4().build(),
                    Compression.zstd().build());

    private final BatchValidator validator = new BatchValidator();

    @Override
    public String name() {
        return "batches";
    }

    @Override
    public byte[] fresh(Random random) {
        var records = new SimpleRecord[1 + random.nextInt(RECORDS_MAX)];
        for (int i = 0; i < records.length; i++) {
            var value = new byte[random.nextInt(60)];
            random.nextBytes(value);
            var key = random.nextBoolean() ? null : new byte[random.nextInt(8)];
            records[i] = new SimpleRecord(1_000L + i, key, value);
        }
        var codec = CODECS.get(random.nextInt(CODECS.size()));
        var batch = MemoryRecords.withRecords(codec, records).buffer();
        var bytes = new byte[batch.remaining()];
        batch.get(bytes);
        return bytes;
    }

    /// Most of the time the checksum is made to fit again: it hides everything behind it.
    @Override
    public byte[] mutated(byte[] input, Random random) {
        var bytes = Mutations.broken(input, random);
        if (bytes.length >= BatchLayout.HEADER_BYTES && random.nextInt(10) > 0) {
            var batch = ByteBuffer.wrap(bytes);
            if (random.nextInt(4) > 0) {
                batch.putInt(Long.BYTES, bytes.length - BatchLayout.PREFIX_BYTES);
            }
            BatchLayout.sealChecksum(batch, 0, bytes.length);
        }
        return bytes;
    }

    @Override
    public String run(byte[] input) {
        var batch = ByteBuffer.wrap(input);
        try {
            var fault = validator.check(batch, OPEN, 1_000_000);
            int codec = input.length >= BatchLayout.HEADER_BYTES ? BatchLayout.codec(batch, 0) : -1;
            if (fault != null) {
                return "codec %d, %s: %s"
                        .formatted(codec, fault.error(), template(fault.message()));
            }
            return "codec %d, let in with %s records".formatted(codec, sizeOf(readable(batch)));
        } catch (RuntimeException | Error e) {
            throw new BrokenByInput("the check of a batch fails", e);
        }
    }

    /// Without its numbers a sentence is the same whenever the same thing is wrong.
    private static String template(String message) {
        return message.replaceAll("\\b[0-9a-f]{8}\\b|-?\\d+", "#");
    }

    private static String sizeOf(int records) {
        return records < 2 ? Integer.toString(records) : records < 20 ? "some" : "many";
    }

    private static int readable(ByteBuffer batch) {
        int count = 0;
        for (var kafkas : MemoryRecords.readableRecords(batch).batches()) {
            try (var records = kafkas.streamingIterator(BufferSupplier.NO_CACHING)) {
                while (records.hasNext()) {
                    long delta = records.next().offset() - kafkas.baseOffset();
                    if (delta != count++) {
                        throw new IllegalStateException(
                                "record %d is at offset %d".formatted(count - 1, delta));
                    }
                }
            }
        }
        if (count != BatchLayout.recordCount(batch, 0)) {
            throw new IllegalStateException(
                    "%d records where %d were promised"
                            .formatted(count, BatchLayout.recordCount(batch, 0)));
        }
        return count;
    }

    @Override
    public void close() {}
}
