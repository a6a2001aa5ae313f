package io.moldau.log;

import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentCheck;

/// One closed segment being read through. Its owner takes it with [PartitionLog#beginScrub], any
/// thread calls [#read] until nothing is left, and the owner hands it back to
/// [PartitionLog#completeScrub]; the log goes on meanwhile.
public final class ScrubTicket implements AutoCloseable {
    private final Segment segment;
    private final SegmentCheck check;
    private final int truncations;
    private final long endOffset;

    ScrubTicket(Segment segment, SegmentCheck check, int truncations, long endOffset) {
        this.segment = segment;
        this.check = check;
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
        return check.read(maxBytes);
    }

    /// What is wrong with the file as it was when the scrub began; null when nothing is.
    LogDamage damage() {
        return check.damage();
    }

    /// The same, where no records are missing on purpose: a file may end between two batches, and
    /// lack the rest.
    LogDamage damageOrLoss() {
        boolean ended = check.damage() == null && check.positionBytes() >= check.sizeBytes();
        return ended && check.nextOffset() < endOffset
                ? new LogDamage(
                        segment.file().path(),
                        check.sizeBytes(),
                        check.nextOffset(),
                        endOffset,
                        "the records up to %d are missing".formatted(endOffset))
                : check.damage();
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
