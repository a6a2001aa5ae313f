package io.moldau.log.segment;

/// How far the segment's largest time stamp had risen at some of its offsets.
///
/// ```
/// largest time stamp so far i64 | last offset of the batch that has it, less the base i32
/// ```
///
/// Whatever is younger than an entry's time stamp stands behind that entry's batch.
final class TimeIndex {
    static final int ENTRY_BYTES = 12;

    private final IndexFile entries;
    private final long baseOffset;
    private long lastTimestamp;
    private boolean lastKnown;

    TimeIndex(PooledFile file, long baseOffset) {
        this.entries = new IndexFile(file, ENTRY_BYTES);
        this.baseOffset = baseOffset;
    }

    IndexFile file() {
        return entries;
    }

    /// Sees to it that the next [#add] needs nothing of the disk.
    void makeRoom() {
        lastTimestamp();
        entries.append();
    }

    /// Adds an entry, unless time has not advanced since the last one.
    void add(long timestampMs, long offset) {
        if (timestampMs <= lastTimestamp()) {
            return;
        }
        entries.append().putLong(timestampMs).putInt((int) (offset - baseOffset));
        lastTimestamp = timestampMs;
    }

    long timestamp(int index) {
        int at = entries.locate(index);
        return entries.buffer(index).getLong(at);
    }

    long offset(int index) {
        int at = entries.locate(index);
        return baseOffset + entries.buffer(index).getInt(at + Long.BYTES);
    }

    /// -1 when there is no entry.
    long lastTimestamp() {
        if (!lastKnown) {
            int count = entries.count();
            lastTimestamp = count == 0 ? -1 : timestamp(count - 1);
            lastKnown = true;
        }
        return lastTimestamp;
    }

    /// The segment's base when there is no entry.
    long lastOffset() {
        int count = entries.count();
        return count == 0 ? baseOffset : offset(count - 1);
    }

    /// An offset before which every record is older than `timestampMs`.
    long offsetBefore(long timestampMs) {
        int index = entries.floor(timestampMs, this::timestamp);
        return index < 0 ? baseOffset : offset(index);
    }

    /// The last entry whose offset is not above `offset`; -1 when there is none.
    int floor(long offset) {
        int entry = entries.count() - 1;
        while (entry >= 0 && offset(entry) > offset) {
            entry--;
        }
        return entry;
    }

    /// Forgets every entry at or behind `offset`.
    void truncateToOffset(long offset) {
        int keep = entries.count();
        while (keep > 0 && offset(keep - 1) >= offset) {
            keep--;
        }
        entries.truncateTo(keep);
        lastKnown = false;
    }

    void clear() {
        entries.reset();
        entries.truncateTo(0);
        lastKnown = false;
    }

    /// Whether time stamps and offsets rise and stay below `endOffset`.
    boolean isSane(long endOffset) {
        if (!entries.isWhole()) {
            return false;
        }
        long lastSeen = -1;
        long lastOffset = -1;
        for (int i = 0; i < entries.count(); i++) {
            if (timestamp(i) <= lastSeen || offset(i) <= lastOffset || offset(i) >= endOffset) {
                return false;
            }
            lastSeen = timestamp(i);
            lastOffset = offset(i);
        }
        return true;
    }
}
