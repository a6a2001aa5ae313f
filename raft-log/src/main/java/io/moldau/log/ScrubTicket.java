package io.moldau.log;

import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentCheck;
import org.jspecify.annotations.Nullable;

/// One closed segment being read through. Its owner takes it with [PartitionLog#beginScrub], any
/// thread calls [#read] until nothing is left, and the owner hands it back to
/// [PartitionLog#completeScrub]; the log goes on meanwhile.
public final class ScrubTicket implements AutoCloseable {
    private final Segment segment;
    private final SegmentCheck check;
    private final @Nullable AbortedCheck aborted;
    private final int truncations;
    private final long endOffset;

    /// @param aborted null for a segment whose transactions still go on
    ScrubTicket(
            Segment segment,
            SegmentCheck check,
            @Nullable AbortedCheck aborted,
            int truncations,
            long endOffset) {
        this.segment = segment;
        this.check = check;
        this.aborted = aborted;
        this.truncations = truncations;
        this.endOffset = endOffset;
    }

    /// Where the next segment begins, and the next scrub of this log.
    public long endOffset() {
        return endOffset;
    }

    /// Of the segment, all of which will be read.
    public long sizeBytes() {
        return check.sizeBytes();
    }

    /// Reads about `maxBytes` more, at least one batch. Returns whether anything is left to read.
    public boolean read(int maxBytes) {
        boolean more = check.read(maxBytes);
        if (aborted != null && check.isWhole()) {
            aborted.compare();
        }
        return more;
    }

    /// What is wrong with the file as it was when the scrub began; null when nothing is.
    LogDamage damage() {
        return check.damage();
    }

    /// The same, where no records are missing on purpose: a file may end between two batches, and
    /// lack the rest.
    LogDamage damageOrLoss() {
        return check.isWhole() && check.nextOffset() < endOffset
                ? new LogDamage(
                        segment.file().path(),
                        check.sizeBytes(),
                        check.nextOffset(),
                        endOffset,
                        "the records up to %d are missing".formatted(endOffset))
                : check.damage();
    }

    /// Puts the segment's index of aborted transactions right, if it is wrong. Returns the damage
    /// if that cannot be done.
    @Nullable LogDamage mendAborted() {
        return aborted == null ? null : aborted.mend(segment);
    }

    Segment segment() {
        return segment;
    }

    int truncations() {
        return truncations;
    }

    /// Lets the file go. To be called in any case.
    @Override
    public void close() {
        check.close();
    }
}
