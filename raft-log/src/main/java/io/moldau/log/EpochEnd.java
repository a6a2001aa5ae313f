package io.moldau.log;

/// Where a leader epoch ends: the first offset that a later epoch wrote, or the log's end.
///
/// @param epoch the largest known epoch that is not above the one asked for; -1 when there is none
/// @param endOffset -1 when there is no such epoch
public record EpochEnd(int epoch, long endOffset) {
    /// The log knows no epoch that would answer.
    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1);
}
