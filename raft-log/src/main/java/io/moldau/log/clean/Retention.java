package io.moldau.log.clean;

import java.util.List;

/// How long and how much a log keeps.
///
/// @param retentionMs age of a segment's latest record beyond which the segment goes; -1 for ever
/// @param retentionBytes size of the log that is always kept; -1 for no bound
public record Retention(long retentionMs, long retentionBytes) {
    /// Everything is kept.
    public static final Retention NONE = new Retention(-1, -1);

    /// A segment as retention sees it.
    ///
    /// @param largestTimestampMs of its records, or of its last change when they carry none
    public record Candidate(long sizeBytes, long largestTimestampMs) {}

    /// How many segments go, counted from the oldest. Retention never leaves a hole: it stops at
    /// the first segment that stays.
    ///
    /// @param segments from the oldest to the newest
    public int expired(List<Candidate> segments, long nowMs) {
        return Math.max(expiredByTime(segments, nowMs), expiredBySize(segments));
    }

    private int expiredByTime(List<Candidate> segments, long nowMs) {
        int count = 0;
        for (var segment : segments) {
            if (nowMs < expiryMs(segment.largestTimestampMs())) {
                break;
            }
            count++;
        }
        return count;
    }

    /// From when on a segment may go for its age; never, for [Long#MAX_VALUE]. A time stamp in the
    /// future counts as it is: whoever wrote it asked for that much more time.
    ///
    /// @param largestTimestampMs as in [Candidate]
    public long expiryMs(long largestTimestampMs) {
        long due = largestTimestampMs + retentionMs + 1;
        return retentionMs < 0 || due < largestTimestampMs ? Long.MAX_VALUE : due;
    }

    /// A segment goes only if what stays is still at least `retentionBytes`.
    private int expiredBySize(List<Candidate> segments) {
        if (retentionBytes < 0) {
            return 0;
        }
        long surplus = segments.stream().mapToLong(Candidate::sizeBytes).sum() - retentionBytes;
        int count = 0;
        for (var segment : segments) {
            surplus -= segment.sizeBytes();
            if (surplus < 0) {
                break;
            }
            count++;
        }
        return count;
    }
}
