package io.moldau.log.clean;

import java.util.List;
import java.util.function.LongSupplier;

/// What compaction would do with a log now, and whether it is worth it.
///
/// @param segments how many may be compacted, counted from the oldest
/// @param firstDirty offset behind the records that were compacted already
/// @param cleanBytes size of the segments that were compacted already
/// @param dirtyBytes size of those that were not, and may be
/// @param overdue a record has waited for longer than `max.compaction.lag.ms`
/// @param due whether compaction is worth it
public record CleanPlan(
        int segments,
        long firstDirty,
        long cleanBytes,
        long dirtyBytes,
        boolean overdue,
        boolean due) {
    /// Nothing may be compacted.
    static final CleanPlan NOTHING = new CleanPlan(0, 0, 0, 0, false, false);

    /// A closed segment as the plan sees it.
    ///
    /// @param endOffset base offset of the next one
    /// @param largestTimestampMs of its records; asked only where a lag is set
    /// @param firstTimestampMs of its first batch, -1 if it has none; asked only where a lag is set
    public record Candidate(
            long baseOffset,
            long endOffset,
            long sizeBytes,
            LongSupplier largestTimestampMs,
            LongSupplier firstTimestampMs) {}

    /// What the topic asks for.
    ///
    /// @param minDirtyRatio share of the log that must be dirty
    /// @param minLagMs how long a record stays uncompacted at least
    /// @param maxLagMs and at most
    public record Rules(double minDirtyRatio, long minLagMs, long maxLagMs) {}

    /// @param closed all segments but the one that is being written, from the oldest on
    /// @param cleanedUpTo behind what was compacted already
    /// @param stableEnd what lies beyond is not to be touched: it may be truncated still, or its
    ///   transaction is open
    public static CleanPlan of(
            List<Candidate> closed, long cleanedUpTo, long stableEnd, Rules rules, long nowMs) {
        int count = 0;
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long oldestDirtyMs = Long.MAX_VALUE;
        for (var segment : closed) {
            boolean dirty = segment.endOffset() > cleanedUpTo;
            if (segment.endOffset() > stableEnd || (dirty && isTooYoung(segment, rules, nowMs))) {
                break;
            }
            count++;
            if (dirty) {
                dirtyBytes += segment.sizeBytes();
                oldestDirtyMs = Math.min(oldestDirtyMs, ageStart(segment, rules));
            } else {
                cleanBytes += segment.sizeBytes();
            }
        }
        if (dirtyBytes == 0) {
            return NOTHING;
        }
        boolean overdue = oldestDirtyMs < nowMs - rules.maxLagMs();
        double ratio = (double) dirtyBytes / (cleanBytes + dirtyBytes);
        boolean due = overdue || ratio > rules.minDirtyRatio();
        return new CleanPlan(
                count,
                Math.max(cleanedUpTo, closed.getFirst().baseOffset()),
                cleanBytes,
                dirtyBytes,
                overdue,
                due);
    }

    private static boolean isTooYoung(Candidate segment, Rules rules, long nowMs) {
        return rules.minLagMs() > 0
                && segment.largestTimestampMs().getAsLong() > nowMs - rules.minLagMs();
    }

    private static long ageStart(Candidate segment, Rules rules) {
        long first =
                rules.maxLagMs() == Long.MAX_VALUE ? -1 : segment.firstTimestampMs().getAsLong();
        return first < 0 ? Long.MAX_VALUE : first;
    }

    /// Share of what is considered that was not compacted yet. The dirtiest log goes first.
    public double dirtyRatio() {
        long bytes = cleanBytes + dirtyBytes;
        return bytes == 0 ? 0 : (double) dirtyBytes / bytes;
    }
}
