package io.moldau.log.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Builds batches as Kafka's own producer does, for tests.
///
/// `TestBatches.batch().producer(7, 0, 0).records(3).build()`
public final class TestBatches {
    private Compression compression = Compression.NONE;
    private long baseOffset;
    private int leaderEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private long firstTimestampMs = 1_000;
    private boolean transactional;
    private boolean control;
    private final List<SimpleRecord> records = new ArrayList<>();

    private TestBatches() {}

    public static TestBatches batch() {
        return new TestBatches();
    }

    /// A plain batch of `count` records, keys `k0`, `k1`… and values `v0`, `v1`….
    public static ByteBuffer batchOf(int count) {
        return batch().records(count).build();
    }

    /// A plain batch with one record for each value.
    public static ByteBuffer batchOf(String... values) {
        var builder = batch();
        for (var value : values) {
            builder.record(value);
        }
        return builder.build();
    }

    public TestBatches compressed(Compression with) {
        compression = with;
        return this;
    }

    /// For batches that do not come from a client.
    public TestBatches at(long offset, int epoch) {
        baseOffset = offset;
        leaderEpoch = epoch;
        return this;
    }

    public TestBatches producer(long id, int epoch, int sequence) {
        producerId = id;
        producerEpoch = (short) epoch;
        baseSequence = sequence;
        return this;
    }

    public TestBatches transactional() {
        transactional = true;
        return this;
    }

    public TestBatches control() {
        control = true;
        return this;
    }

    /// The time stamp of the next record that has none of its own; each later one is 1 ms younger.
    public TestBatches timestamps(long firstMs) {
        firstTimestampMs = firstMs;
        return this;
    }

    public TestBatches records(int count) {
        for (int i = 0; i < count; i++) {
            record(firstTimestampMs + i, "k" + i, "v" + i);
        }
        return this;
    }

    public TestBatches record(String value) {
        return record(firstTimestampMs + records.size(), "k", value);
    }

    public TestBatches record(long timestampMs, String key, String value) {
        return record(timestampMs, key, value, new Header[0]);
    }

    public TestBatches record(long timestampMs, String key, String value, Header... headers) {
        records.add(new SimpleRecord(timestampMs, utf8(key), utf8(value), headers));
        return this;
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /// The batch in a heap buffer of its own.
    public ByteBuffer build() {
        try (var builder =
                MemoryRecords.builder(
                        ByteBuffer.allocate(512),
                        RecordBatch.MAGIC_VALUE_V2,
                        compression,
                        TimestampType.CREATE_TIME,
                        baseOffset,
                        RecordBatch.NO_TIMESTAMP,
                        producerId,
                        producerEpoch,
                        baseSequence,
                        transactional,
                        control,
                        leaderEpoch)) {
            records.forEach(builder::append);
            var built = builder.build().buffer();
            var copy = ByteBuffer.allocate(built.remaining());
            return copy.put(built).flip();
        }
    }

    /// As [#build], in direct memory.
    public ByteBuffer buildDirect() {
        var heap = build();
        return ByteBuffer.allocateDirect(heap.remaining()).put(heap).flip();
    }

    /// What a buffer of batches says, one string for each record: `offset=value`.
    public static List<String> values(ByteBuffer batches) {
        var values = new ArrayList<String>();
        for (var record : MemoryRecords.readableRecords(batches.duplicate()).records()) {
            var bytes = new byte[record.valueSize()];
            record.value().get(bytes);
            values.add(record.offset() + "=" + new String(bytes, StandardCharsets.UTF_8));
        }
        return values;
    }
}
