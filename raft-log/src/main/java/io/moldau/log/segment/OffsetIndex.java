package io.moldau.log.segment;

/// Where in the segment some of its offsets are: for every few kilobytes of records one entry.
///
/// ```
/// last offset of a batch, less the segment's base i32 | the batch's position in the file i32
/// ```
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;

    private final IndexFile entries;
    private final long baseOffset;

    OffsetIndex(PooledFile file, long baseOffset) {
        this.entries = new IndexFile(file, ENTRY_BYTES);
        this.baseOffset = baseOffset;
    }

    IndexFile file() {
        return entries;
    }

    void add(long lastOffset, int position) {
        entries.append().putInt((int) (lastOffset - baseOffset)).putInt(position);
    }

    long offset(int index) {
        int at = entries.locate(index);
        return baseOffset + entries.buffer(index).getInt(at);
    }

    int position(int index) {
        int at = entries.locate(index);
        return entries.buffer(index).getInt(at + Integer.BYTES);
    }

    /// A position at which a batch begins that is not behind the one with `offset`.
    int positionBefore(long offset) {
        int index = floor(offset);
        return index < 0 ? 0 : position(index);
    }

    /// An offset behind all batches that begin before `position`; -1 when no entry tells.
    long offsetBehind(int position) {
        int low = 0;
        int high = entries.count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < entries.count() ? offset(low) : -1;
    }

    /// The last entry whose offset is not above `offset`; -1 when there is none.
    int floor(long offset) {
        return entries.floor(offset, this::offset);
    }

    void clear() {
        entries.reset();
        entries.truncateTo(0);
    }

    /// Forgets every batch that begins at or behind `position`.
    void truncateToPosition(int position) {
        int keep = entries.count();
        while (keep > 0 && position(keep - 1) >= position) {
            keep--;
        }
        entries.truncateTo(keep);
    }

    /// Whether offsets and positions rise and stay within a file of `sizeBytes`.
    boolean isSane(long sizeBytes) {
        if (!entries.isWhole()) {
            return false;
        }
        long lastOffset = -1;
        int lastPosition = -1;
        for (int i = 0; i < entries.count(); i++) {
            int position = position(i);
            if (position <= lastPosition || position >= sizeBytes || offset(i) <= lastOffset) {
                return false;
            }
            lastPosition = position;
            lastOffset = offset(i);
        }
        return true;
    }
}
