package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;

/// What a poll came to, as a history has it.
final class PollStep {
    private PollStep() {}

    /// What went wrong, with what lies behind it.
    static Notes failed(KafkaException failure) {
        var cause = failure.getCause();
        return Notes.ofError(cause == null ? failure.toString() : failure + ": " + cause);
    }

    /// In the order of the client, partition by partition.
    static Value valueOf(KeySpace keys, ConsumerRecords<byte[], byte[]> records) {
        var batches = new ArrayList<Batch>();
        for (var partition : records.partitions()) {
            var found =
                    records.records(partition).stream()
                            .map(record ->
                                    new Found(record.offset(), KeySpace.valueOf(record.value())))
                            .toList();
            batches.add(new Batch(keys.key(partition), found));
        }
        return Value.of(new Polled(batches));
    }
}
