package io.moldau.log.clean;

/// When a log's newest segment is closed although no record comes that would close it.
///
/// Only closed segments are deleted and compacted. A segment in which nobody writes any more, or
/// into which records trickle, would keep its old ones far beyond what their topic asks for.
///
/// @param segmentMs how long a segment may grow, its jitter taken off
/// @param retentionMs how long records are kept; -1 for ever
public record IdleRoll(long segmentMs, long retentionMs) {
    /// Records of long ago that are being copied here would otherwise get a segment at every look.
    private static final long REST_MS_MAX = 600_000;

    /// From when on the segment is to be closed.
    ///
    /// @param firstTimestampMs of its oldest record, or when it was begun if that has none
    /// @param lastAppendMs when something was last written to it, as far as this process knows
    public long dueMs(long firstTimestampMs, long lastAppendMs) {
        long idle = lastAppendMs + Math.min(segmentMs, REST_MS_MAX);
        return Math.min(
                Math.max(later(firstTimestampMs, segmentMs), idle),
                retentionMs < 0 ? Long.MAX_VALUE : later(firstTimestampMs, retentionMs));
    }

    private static long later(long fromMs, long byMs) {
        long at = fromMs + byMs + 1;
        return at < fromMs ? Long.MAX_VALUE : at;
    }
}
