package io.moldau.log;

/// A record found by its time.
///
/// @param leaderEpoch of the batch that the record is in; -1 if it has none
public record TimestampOffset(long timestampMs, long offset, int leaderEpoch) {}
