package io.moldau.log;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What became of an append. A client's mistake is a value, not an exception.
public sealed interface AppendResult {
    /// The records are readable by the log's owner, and not yet durable.
    ///
    /// @param logAppendTimeMs the stamp that the records got, or -1 if they keep the producer's
    /// @param sizeBytes what was written, after recompression if there was any
    record Appended(long baseOffset, long lastOffset, long logAppendTimeMs, int sizeBytes)
            implements AppendResult {}

    /// The producer sent again what the log already has. Answered as the first time.
    record Duplicate(long baseOffset, long lastOffset, long logAppendTimeMs)
            implements AppendResult {}

    /// Nothing was written.
    ///
    /// @param records which records are to blame; empty when it is the batch as a whole
    record Refused(Errors error, String message, List<RecordRefusal> records)
            implements AppendResult {
        static Refused of(Errors error, String message) {
            return new Refused(error, message, List.of());
        }
    }

    /// One record that may not enter, by its place in the batch.
    record RecordRefusal(int index, String message) {}
}
