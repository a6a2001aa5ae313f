package io.moldau.broker.partition;

import org.apache.kafka.common.protocol.Errors;

/// What became of a deletion of a partition's oldest records.
///
/// @param logStartOffset first offset that is left; −1 with an error
public record DeletedUpTo(long logStartOffset, Errors error) {
    static DeletedUpTo refused(Errors error) {
        return new DeletedUpTo(-1, error);
    }
}
