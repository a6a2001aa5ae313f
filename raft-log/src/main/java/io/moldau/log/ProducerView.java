package io.moldau.log;

/// What the log knows of one idempotent producer, as DescribeProducers shows it.
///
/// @param coordinatorEpoch of the last transaction marker; -1 if there was none
/// @param currentTxnStartOffset first offset of the open transaction; -1 if there is none
public record ProducerView(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnStartOffset) {}
