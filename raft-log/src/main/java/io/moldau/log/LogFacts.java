package io.moldau.log;

import io.moldau.log.clean.CleanPlan;
import java.util.List;

/// What a log consists of at one moment, for those who explain it.
///
/// @param segments from the oldest to the newest, which is being written
/// @param segmentMs how long the newest one may grow, its jitter taken off
/// @param lastAppendMs when something was last appended, as far as this process knows
/// @param cleaning what compaction would do now
/// @param cleanedUpTo records below it were compacted
/// @param cleanableEnd records below it may be: they are committed, decided and on the disk
public record LogFacts(
        List<Segment> segments,
        long segmentMs,
        long lastAppendMs,
        CleanPlan cleaning,
        long cleanedUpTo,
        long cleanableEnd) {
    /// One segment.
    ///
    /// @param endOffset base offset of the next one, or the log's end
    /// @param startedMs time stamp of its first batch, or when it was begun
    /// @param largestTimestampMs of its records, or of its last change when they carry none; -1
    ///   when it is empty
    public record Segment(
            long baseOffset,
            long endOffset,
            long sizeBytes,
            long startedMs,
            long largestTimestampMs) {}

    public long sizeBytes() {
        return segments.stream().mapToLong(Segment::sizeBytes).sum();
    }
}
