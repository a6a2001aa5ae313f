package io.moldau.chaos.check;

/// All that a history tells about one key: which value is at which offset, and what became of each.
///
/// About 17 bytes for each record where values and offsets are dense.
final class KeyRecords {
    /// Somebody began to send it.
    static final int BEGUN = 1;

    /// Its offset, or that it was kept, was told.
    static final int ACKNOWLEDGED = 1 << 1;

    /// Certainly not kept.
    static final int FAILED = 1 << 2;

    /// Somebody got it.
    static final int READ = 1 << 3;

    /// It was at two offsets, and that was said.
    static final int DOUBLED = 1 << 4;

    static final long ABSENT = PagedLongs.ABSENT;

    private final long key;
    private final PagedLongs offsets = new PagedLongs();
    private final PagedLongs values = new PagedLongs();
    private final PagedMarks marks = new PagedMarks();

    /// Places that a consumer passed over: process, index, its last offset, its next one.
    private final LongList gaps = new LongList();

    private long highestRead = -1;

    KeyRecords(long key) {
        this.key = key;
    }

    long key() {
        return key;
    }

    /// @return the marks that the value had before
    int mark(long value, int mark) {
        return marks.add(value, mark);
    }

    int marks(long value) {
        return marks.get(value);
    }

    /// Notes where a value is, unless another place was noted first.
    ///
    /// @return the place that was noted first, [#ABSENT] when none was
    long placeAt(long value, long offset) {
        long before = offsets.get(value);
        if (before == ABSENT) {
            offsets.put(value, offset);
        }
        return before;
    }

    /// Notes what is at an offset, unless another value was noted first.
    ///
    /// @return the value that was noted first, [#ABSENT] when none was
    long occupy(long offset, long value) {
        long before = values.get(offset);
        if (before == ABSENT) {
            values.put(offset, value);
        }
        return before;
    }

    /// Where a value is, [#ABSENT] when nobody knows.
    long offsetOf(long value) {
        return offsets.get(value);
    }

    /// What is at an offset, [#ABSENT] when nobody knows.
    long valueAt(long offset) {
        return values.get(offset);
    }

    void onRead(long offset) {
        highestRead = Math.max(highestRead, offset);
    }

    /// The highest offset that anybody got, -1 when nobody got any.
    long highestRead() {
        return highestRead;
    }

    void forEachValue(PagedMarks.Visitor visitor) {
        marks.forEach(visitor);
    }

    void addGap(int process, long index, long from, long to) {
        gaps.add(process);
        gaps.add(index);
        gaps.add(from);
        gaps.add(to);
    }

    interface GapVisitor {
        /// @param from the last offset before it
        /// @param to the first behind it
        void gap(int process, long index, long from, long to);
    }

    void forEachGap(GapVisitor visitor) {
        for (int i = 0; i < gaps.size(); i += 4) {
            visitor.gap((int) gaps.get(i), gaps.get(i + 1), gaps.get(i + 2), gaps.get(i + 3));
        }
    }
}
