package io.moldau.benchmarks;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/// One partition's log, of whichever side, with what both are asked to do.
interface MeasuredLog extends AutoCloseable {
    /// Opens the partition in the folder `root`, or makes it; it was closed in order, if ever.
    static MeasuredLog open(Side side, Path root) {
        return switch (side) {
            case MOLDAU -> OurLog.open(root);
            case KAFKA -> KafkaLog.open(root);
        };
    }

    /// A copy where this side's broker has a batch when its log is called: ours outside the heap,
    /// as it came from the socket, Kafka's on the heap.
    static ByteBuffer place(Side side, ByteBuffer batch) {
        return switch (side) {
            case MOLDAU -> Batches.direct(batch);
            case KAFKA -> Batches.heap(batch);
        };
    }

    /// As the leader does, checks included.
    void append(ByteBuffer batch, long nowMs);

    /// From an offset to a stretch of a file, at least one batch. Returns its bytes.
    ///
    /// @param target what the stretch is copied to, as far as there is room; null for no copy
    int read(long offset, int maxBytes, ByteBuffer target);

    /// The first record that is not older.
    Object offsetFor(long timestampMs);

    @Override
    void close();
}
