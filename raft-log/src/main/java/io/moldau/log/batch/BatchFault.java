package io.moldau.log.batch;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// Why a batch may not enter the log, in Kafka's error code and a sentence for the client.
///
/// @param records the records that are to blame; empty when it is the batch as a whole
public record BatchFault(Errors error, String message, List<RecordFault> records) {
    /// One record that may not enter.
    ///
    /// @param index its place in the batch, from 0
    public record RecordFault(int index, String message) {}

    static BatchFault of(Errors error, String message) {
        return new BatchFault(error, message, List.of());
    }
}
