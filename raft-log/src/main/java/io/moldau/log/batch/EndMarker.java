package io.moldau.log.batch;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/// The control record that ends a producer's transaction in a partition.
///
/// Source: KIP-98; KIP-890, by which it carries the producer's next epoch already.
///
/// @param coordinatorEpoch of the transaction coordinator that wrote it
/// @param isCommit otherwise the transaction was aborted
public record EndMarker(
        long producerId, short producerEpoch, int coordinatorEpoch, boolean isCommit) {
    /// Reads the control batch at index `at`, which is in the buffer as a whole. Empty when it says
    /// something else than that a transaction ends.
    public static Optional<EndMarker> read(ByteBuffer buffer, int at) {
        long producerId = BatchLayout.producerId(buffer, at);
        if (producerId < 0 || !BatchLayout.isTransactional(buffer, at)) {
            return Optional.empty();
        }
        var batch = buffer.slice(at, (int) BatchLayout.sizeBytes(buffer, at));
        try {
            for (var record : MemoryRecords.readableRecords(batch).records()) {
                short epoch = BatchLayout.producerEpoch(buffer, at);
                return of(producerId, epoch, record);
            }
            return Optional.empty();
        } catch (KafkaException | IllegalArgumentException _) { // Not of a kind that we know.
            return Optional.empty();
        }
    }

    private static Optional<EndMarker> of(long producerId, short producerEpoch, Record record) {
        var type = ControlRecordType.parse(record.key());
        if (type != ControlRecordType.COMMIT && type != ControlRecordType.ABORT) {
            return Optional.empty();
        }
        var marker = EndTransactionMarker.deserialize(record);
        boolean isCommit = type == ControlRecordType.COMMIT;
        return Optional.of(
                new EndMarker(producerId, producerEpoch, marker.coordinatorEpoch(), isCommit));
    }

    /// The control batch that says so; its offset and leader epoch are still to be stamped.
    public ByteBuffer toBatch(long timestampMs) {
        var type = isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(
                        timestampMs,
                        producerId,
                        producerEpoch,
                        new EndTransactionMarker(type, coordinatorEpoch))
                .buffer();
    }
}
