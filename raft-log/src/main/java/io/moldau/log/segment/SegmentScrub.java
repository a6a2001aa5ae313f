package io.moldau.log.segment;

import io.moldau.log.batch.BatchLayout;

/// Reads a segment from where it can be trusted to its end, and writes its indexes anew on the way.
public final class SegmentScrub {
    static final int INTERVAL_BYTES = 4096;

    private final Segment segment;
    private final boolean checksCrc;
    private final int indexIntervalBytes;
    private final BatchJudge judge;
    private boolean refusesGaps;

    SegmentScrub(Segment segment, boolean checksCrc, int indexIntervalBytes, BatchJudge judge) {
        this.segment = segment;
        this.checksCrc = checksCrc;
        this.indexIntervalBytes = indexIntervalBytes;
        this.judge = judge;
    }

    /// Takes an offset that is skipped between two batches for damage: the checksum does not cover
    /// a batch's first offset.
    SegmentScrub refusingGaps() {
        refusesGaps = true;
        return this;
    }

    /// What was found.
    ///
    /// @param nextOffset behind the last good batch; the segment's base if there is none
    /// @param goodBytes where the good part ends, which is all that recovery leaves
    /// @param cutBytes how much was cut off
    /// @param flaw why it was cut; null when nothing was
    public record Result(long nextOffset, int goodBytes, long cutBytes, String flaw) {}

    Result run(long trustedBelow) {
        long fileBytes = segment.file().sizeOnDisk();
        long end = checksCrc ? Math.min(fileBytes, Integer.MAX_VALUE) : segment.sizeBytes();
        int index = trustedEntry(trustedBelow, end);
        int start = index < 0 ? 0 : segment.offsets().position(index);
        long nextOffset = segment.baseOffset();
        forgetIndexBehind(index, start);

        segment.restart(start, segment.times().lastTimestamp(), segment.times().lastOffset());
        var scanner =
                new BatchScanner(
                        segment.file(),
                        checksCrc ? Scratch.forScan() : Scratch.forLookup(),
                        start,
                        end,
                        checksCrc);
        String disorder = null;
        // The first one lies where the segment is named for, or where the index says.
        boolean first = index >= 0;
        while (scanner.next()) {
            boolean gap = refusesGaps && !first && scanner.baseOffset() > nextOffset;
            disorder =
                    scanner.baseOffset() < nextOffset || gap
                            ? "offset %d after %d".formatted(scanner.baseOffset(), nextOffset - 1)
                            : judge.flawOf(scanner);
            if (disorder != null) {
                break;
            }
            first = false;
            nextOffset = scanner.lastOffset() + 1;
            segment.noteBatch(
                    (int) scanner.position(),
                    scanner.sizeBytes(),
                    scanner.lastOffset(),
                    scanner.maxTimestamp(),
                    indexIntervalBytes);
        }
        storeIndexes();
        String flaw = disorder != null ? disorder : scanner.flaw();
        if (!checksCrc) { // Only the indexes were wanted; a reader will meet the flaw.
            segment.resize((int) end);
            return new Result(nextOffset, (int) scanner.position(), 0, flaw);
        }
        int goodBytes = (int) scanner.position();
        segment.resize(goodBytes);
        if (fileBytes > goodBytes) {
            segment.file().truncate(goodBytes);
        }
        return new Result(nextOffset, goodBytes, fileBytes - goodBytes, flaw);
    }

    private void storeIndexes() {
        segment.offsets().file().store();
        segment.offsets().file().file().create();
        segment.times().file().store();
        segment.times().file().file().create();
    }

    /// The last index entry from which on everything must be read; -1 for all of the segment.
    private int trustedEntry(long trustedBelow, long fileBytes) {
        var offsets = segment.offsets();
        if (trustedBelow <= segment.baseOffset()
                || !offsets.isSane(fileBytes)
                || !segment.times().isSane(Long.MAX_VALUE)) {
            return -1;
        }
        // The two reach the disk each in its own time: what the time index has not seen counts not.
        int index = offsets.floor(Math.min(trustedBelow - 1, segment.times().lastOffset()));
        if (index < 0) {
            return -1;
        }
        int position = offsets.position(index);
        if (!timesFit(offsets.offset(index), position)) {
            return -1;
        }
        var scanner = segment.scan(position, fileBytes, Scratch.forLookup());
        boolean fits = scanner.next() && scanner.lastOffset() == offsets.offset(index);
        return fits && BatchLayout.magic(scanner.header(), scanner.headerAt()) == BatchLayout.MAGIC
                ? index
                : -1;
    }

    /// Whether the first and the last time that are kept are those of batches: a torn entry is
    /// none, and between them it would not rise. And whether nothing before `position` is younger:
    /// a time index that was written before the other one knows less.
    private boolean timesFit(long lastOffset, int position) {
        int last = segment.times().floor(lastOffset);
        boolean sound = last < 0 || (isTimeOfBatch(0) && isTimeOfBatch(last));
        return sound && isYoungest(last, position);
    }

    private boolean isYoungest(int entry, int position) {
        var times = segment.times();
        long youngest = entry < 0 ? BatchLayout.NO_TIMESTAMP : times.timestamp(entry);
        long offset = entry < 0 ? segment.baseOffset() : times.offset(entry);
        var batch = segment.batchesFrom(segment.offsets().positionBefore(offset));
        while (batch.next() && batch.position() < position) {
            if (batch.maxTimestamp() > youngest) {
                return false;
            }
        }
        return true;
    }

    private boolean isTimeOfBatch(int entry) {
        var times = segment.times();
        long offset = times.offset(entry);
        var batch = segment.batchesFrom(segment.offsets().positionBefore(offset));
        boolean found = batch.next();
        while (found && batch.lastOffset() < offset) {
            found = batch.next();
        }
        return found
                && batch.lastOffset() == offset
                && batch.maxTimestamp() == times.timestamp(entry);
    }

    private void forgetIndexBehind(int index, int start) {
        if (index < 0) {
            segment.offsets().clear();
            segment.times().clear();
            return;
        }
        long offset = segment.offsets().offset(index);
        segment.offsets().truncateToPosition(start + 1);
        segment.times().truncateToOffset(offset + 1);
    }
}
