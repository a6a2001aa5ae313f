package io.moldau.log.segment;

/// One record's place in time and in the log.
public record RecordPoint(long timestampMs, long offset, int leaderEpoch) {}
