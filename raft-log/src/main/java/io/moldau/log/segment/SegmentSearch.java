package io.moldau.log.segment;

import java.util.Optional;

/// From offsets and times to places in one segment: the indexes lead near to it, the headers of
/// batches the rest of the way.
///
/// Where an index leads astray, it is written anew; where the records are damaged, nobody is told
/// that there are none. Belongs to the thread that owns the partition.
public final class SegmentSearch {
    private final Segment segment;
    private int foundAt = -1;
    private int foundBytes;
    private boolean followsEntries; // The last batch that was looked for has an entry of its own.

    SegmentSearch(Segment segment) {
        this.segment = segment;
    }

    /// Batches went, or moved.
    void forget() {
        foundAt = -1;
    }

    /// Where the batch begins that holds `offset`, or the first one behind it; the segment's size
    /// when there is none.
    public int positionOf(long offset) {
        if (offset <= segment.baseOffset()) {
            return 0;
        }
        segment.mendOffsets();
        int position = findByEntries(offset);
        if (position < 0) {
            segment.rebuildIndexes();
            position = findByEntries(offset);
        }
        if (position < 0) {
            throw damagedBefore(offset);
        }
        return position;
    }

    /// From the entry before `offset` on; where batches are large, the one behind leads right to
    /// it.
    private int findByEntries(long offset) {
        var offsets = segment.offsets();
        int entry = offsets.floor(offset);
        if (entry < 0 || offsets.offset(entry) == offset || entry + 1 == offsets.file().count()) {
            return findFrom(entry < 0 ? 0 : offsets.position(entry), offset);
        }
        int behind = offsets.position(entry + 1);
        if (followsEntries && holds(behind, offset)) {
            return behind;
        }
        int position = findFrom(offsets.position(entry), offset);
        followsEntries = position == behind;
        return position;
    }

    private boolean holds(int position, long offset) {
        if (position < 0 || position >= segment.sizeBytes()) {
            return false;
        }
        var batch = segment.batchesFrom(position);
        if (!batch.next() || batch.baseOffset() > offset || batch.lastOffset() < offset) {
            return false;
        }
        foundAt = position;
        foundBytes = batch.sizeBytes();
        return true;
    }

    /// -1 when there is no sane batch at `start`, or only one that is behind the offset.
    private int findFrom(int start, long offset) {
        int end = segment.sizeBytes();
        if (start >= end) {
            return start == 0 ? 0 : -1;
        }
        var batches = segment.batchesFrom(start);
        boolean first = true;
        while (batches.next()) {
            if (first && start > 0 && batches.baseOffset() > offset) {
                return -1;
            }
            if (batches.lastOffset() >= offset) {
                foundAt = (int) batches.position();
                foundBytes = batches.sizeBytes();
                return foundAt;
            }
            first = false;
        }
        return batches.flaw() == null ? end : -1;
    }

    private DamagedLogException damagedBefore(long offset) {
        var batches = segment.batchesFrom(0);
        long next = segment.baseOffset();
        while (batches.next()) {
            next = batches.lastOffset() + 1;
        }
        String reason = batches.flaw() == null ? "no way to offset " + offset : batches.flaw();
        return new DamagedLogException(
                new LogDamage(segment.file().path(), batches.position(), next, -1, reason));
    }

    /// Size of the batch that begins at `position`.
    public int batchBytesAt(int position) {
        if (position == foundAt) {
            return foundBytes; // Whoever has just looked it up asks next.
        }
        var batches = segment.batchesFrom(position);
        if (!batches.next()) {
            throw segment.damaged(batches, segment.baseOffset());
        }
        return batches.sizeBytes();
    }

    /// An offset behind all records that begin before `position`, not far behind; -1 when that is
    /// the segment's end.
    public long offsetBehind(int position) {
        return position >= segment.sizeBytes() ? -1 : segment.offsets().offsetBehind(position);
    }

    /// The first record at or behind `fromOffset` that is not older than `timestampMs`.
    public Optional<RecordPoint> firstNotBefore(long timestampMs, long fromOffset) {
        segment.loadTimes();
        long next = Math.max(segment.times().offsetBefore(timestampMs), fromOffset);
        var batches = segment.batchesFrom(positionOf(next));
        while (batches.next()) {
            if (batches.maxTimestamp() >= timestampMs) {
                var found =
                        RecordSearch.firstNotBefore(
                                segment.file(), batches, timestampMs, fromOffset);
                if (found.isPresent()) {
                    return found;
                }
            }
            next = batches.lastOffset() + 1;
        }
        if (batches.flaw() != null) {
            throw segment.damaged(batches, next);
        }
        return Optional.empty();
    }

    /// The first of the records that carry the largest time stamp.
    public Optional<RecordPoint> latestRecord(long fromOffset) {
        long latest = segment.maxTimestamp(fromOffset);
        return latest < 0 ? Optional.empty() : firstNotBefore(latest, fromOffset);
    }
}
