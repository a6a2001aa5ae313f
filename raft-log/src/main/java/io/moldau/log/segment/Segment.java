package io.moldau.log.segment;

import io.moldau.env.Disk;
import io.moldau.log.batch.BatchLayout;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.LongToIntFunction;

/// One stretch of a log in a file of its own, named after its first offset, with its two indexes.
///
/// An idle segment is this object and nothing else: no descriptor, no index in memory. Belongs to
/// the thread that owns the partition.
public final class Segment {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final long baseOffset;
    private final long createdMs;
    private final PooledFile log;
    private final OffsetIndex offsets;
    private final TimeIndex times;
    private final SegmentFiles files;
    private final SegmentSearch search = new SegmentSearch(this);
    private int sizeBytes;
    private int bytesSinceEntry;
    private long maxTimestamp = UNKNOWN;
    private long maxTimestampOffset;
    private long firstTimestamp = UNKNOWN;
    private boolean tornTail;

    private Segment(
            Disk disk, FilePool pool, Path folder, long baseOffset, String aside, long createdMs) {
        this.baseOffset = baseOffset;
        this.createdMs = createdMs;
        this.log = new PooledFile(disk, pool, folder, baseOffset, SegmentNames.LOG, aside);
        this.offsets = new OffsetIndex(log.sibling(SegmentNames.OFFSET_INDEX), baseOffset);
        this.times = new TimeIndex(log.sibling(SegmentNames.TIME_INDEX), baseOffset);
        this.files = new SegmentFiles(log, offsets.file().file(), times.file().file());
    }

    /// A segment whose file is there. Only its size is looked at.
    public static Segment open(Disk disk, FilePool pool, Path folder, long baseOffset, long nowMs) {
        return openAside(disk, pool, folder, baseOffset, "", nowMs);
    }

    /// The same under other names.
    ///
    /// @param aside of [SegmentNames], behind the names of its files
    public static Segment openAside(
            Disk disk, FilePool pool, Path folder, long baseOffset, String aside, long nowMs) {
        var segment = new Segment(disk, pool, folder, baseOffset, aside, nowMs);
        segment.sizeBytes = (int) Math.min(segment.log.sizeOnDisk(), Integer.MAX_VALUE);
        return segment;
    }

    /// A new segment. What an interrupted deletion may have left under its names goes.
    public static Segment create(
            Disk disk, FilePool pool, Path folder, long baseOffset, long nowMs) {
        return createAside(disk, pool, folder, baseOffset, "", nowMs);
    }

    /// The same under other names: one that is to take the place of others.
    ///
    /// @param aside of [SegmentNames], behind the names of its files
    public static Segment createAside(
            Disk disk, FilePool pool, Path folder, long baseOffset, String aside, long nowMs) {
        var segment = new Segment(disk, pool, folder, baseOffset, aside, nowMs);
        segment.offsets.file().begin();
        segment.times.file().begin();
        segment.files.transactionFile().remove();
        segment.log.remove();
        segment.log.create();
        segment.maxTimestamp = BatchLayout.NO_TIMESTAMP;
        segment.maxTimestampOffset = baseOffset;
        return segment;
    }

    public long baseOffset() {
        return baseOffset;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /// The records.
    public PooledFile file() {
        return log;
    }

    /// All that it has on disk.
    public SegmentFiles files() {
        return files;
    }

    /// Keeps what the transaction index says of markers below `trusted`, which was flushed.
    public void recoverTransactions(long trusted) {
        files.transactions().truncateTo(trusted, this::isAborted);
    }

    private boolean isAborted(AbortedTransaction transaction) {
        var batch = scan(positionOf(transaction.lastOffset()), sizeBytes, Scratch.forLookup());
        return batch.next()
                && batch.baseOffset() == transaction.lastOffset()
                && BatchLayout.isControl(batch.header(), batch.headerAt())
                && BatchLayout.producerId(batch.header(), batch.headerAt())
                        == transaction.producerId();
    }

    /// Appends one batch whose offsets are stamped.
    ///
    /// @throws UncheckedIOException the disk refused; nothing of the batch is in the segment
    public void append(
            ByteBuffer batch, long lastOffset, long batchMaxTimestamp, int indexIntervalBytes) {
        loadTimes();
        mendTail();
        if (bytesSinceEntry > indexIntervalBytes) { // Behind the write nothing may fail.
            offsets.file().append();
            times.makeRoom();
        }
        int position = sizeBytes;
        int count = batch.remaining();
        try {
            log.write(batch, position);
        } catch (UncheckedIOException e) {
            tornTail = true;
            throw e;
        }
        sizeBytes = position + count;
        if (position == 0) {
            firstTimestamp = batchMaxTimestamp;
        }
        noteBatch(position, count, lastOffset, batchMaxTimestamp, indexIntervalBytes);
    }

    /// Appends batches whose offsets stand, all in one write.
    public void appendAll(ByteBuffer batches, int indexIntervalBytes) {
        int begin = batches.position();
        int position = sizeBytes;
        if (batches.remaining() > Integer.MAX_VALUE - position) {
            throw new IllegalStateException("%s grows beyond 2 GB".formatted(log.path()));
        }
        log.write(batches, position);
        sizeBytes = position + batches.position() - begin;
        for (int at = begin; at < batches.position(); ) {
            int count = (int) BatchLayout.sizeBytes(batches, at);
            long timestamp =
                    BatchLayout.recordCount(batches, at) == 0
                            ? BatchLayout.NO_TIMESTAMP
                            : BatchLayout.maxTimestamp(batches, at);
            noteBatch(
                    position + at - begin,
                    count,
                    BatchLayout.lastOffset(batches, at),
                    timestamp,
                    indexIntervalBytes);
            at += count;
        }
    }

    /// Keeps track of time, and of the offset that starts a new stretch of the index.
    void noteBatch(int position, int count, long lastOffset, long batchMaxTimestamp, int interval) {
        if (batchMaxTimestamp > maxTimestamp) {
            maxTimestamp = batchMaxTimestamp;
            maxTimestampOffset = lastOffset;
        }
        if (bytesSinceEntry > interval) {
            offsets.add(lastOffset, position);
            times.add(maxTimestamp, maxTimestampOffset);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += count;
    }

    /// Cuts what a failed write may have left behind the last batch.
    private void mendTail() {
        if (tornTail) {
            log.truncate(sizeBytes);
            tornTail = false;
        }
    }

    /// Whether one more batch does not fit, by size, by offset, or because an index is full.
    public boolean isFullFor(int batchBytes, long lastOffset, int bytesMax, int indexBytesMax) {
        return sizeBytes > 0
                && ((long) sizeBytes + batchBytes > bytesMax
                        || lastOffset - baseOffset > Integer.MAX_VALUE
                        || (offsets.file().count() + 1L) * OffsetIndex.ENTRY_BYTES > indexBytesMax
                        || (times.file().count() + 1L) * TimeIndex.ENTRY_BYTES > indexBytesMax);
    }

    /// Where the segment's offsets end, by the headers behind its last index entry; -1 when they
    /// cannot be read. Leaves nothing open and nothing in memory.
    public long endOffset() {
        if (sizeBytes == 0) {
            return baseOffset;
        }
        try {
            return endOffsetByHeaders();
        } finally {
            offsets.file().reset();
            offsets.file().file().letGo();
            log.letGo();
        }
    }

    private long endOffsetByHeaders() {
        int last = offsets.file().isWhole() ? offsets.file().count() - 1 : -1;
        int start = last < 0 ? 0 : offsets.position(last);
        if (start < 0 || start >= sizeBytes) {
            return -1;
        }
        var scanner = batchesFrom(start);
        long end = -1;
        while (scanner.next()) {
            end = scanner.lastOffset() + 1;
        }
        return scanner.flaw() == null ? end : -1;
    }

    /// How long the segment has been growing, by the records' time where they have one.
    public long ageMs(long batchTimestampMs, long nowMs) {
        long first = firstTimestamp();
        return first >= 0 && batchTimestampMs >= 0 ? batchTimestampMs - first : nowMs - createdMs;
    }

    /// Time stamp of its first batch, or when it was begun where that has none.
    public long startedMs() {
        long first = sizeBytes == 0 ? BatchLayout.NO_TIMESTAMP : firstTimestamp();
        return first >= 0 ? first : createdMs;
    }

    /// The time stamp of the first batch; -1 if it has none.
    public long firstTimestampMs() {
        return firstTimestamp();
    }

    private long firstTimestamp() {
        if (firstTimestamp == UNKNOWN) {
            var scanner = scan(0, sizeBytes, Scratch.forLookup());
            firstTimestamp = scanner.next() ? scanner.maxTimestamp() : BatchLayout.NO_TIMESTAMP;
        }
        return firstTimestamp;
    }

    /// The largest time stamp of the segment's records; -1 if they have none.
    public long maxTimestamp() {
        loadTimes();
        return maxTimestamp;
    }

    /// As [#maxTimestamp], of the records at or behind `offset`.
    public long maxTimestamp(long offset) {
        loadTimes();
        if (offset <= baseOffset || maxTimestampOffset >= offset) {
            return maxTimestamp;
        }
        var scanner = batchesFrom(positionOf(offset));
        long latest = BatchLayout.NO_TIMESTAMP;
        while (scanner.next()) {
            latest = Math.max(latest, scanner.maxTimestamp());
        }
        return latest;
    }

    /// What retention compares with the clock.
    public long largestTimestampMs() {
        long largest = maxTimestamp();
        return largest >= 0 || !log.exists() ? largest : log.disk().lastModifiedMs(log.path());
    }

    void loadTimes() {
        if (maxTimestamp != UNKNOWN) {
            return;
        }
        if (sizeBytes > 0 && !times.file().isWhole()) {
            rebuildIndexes();
            return;
        }
        maxTimestamp = times.lastTimestamp();
        maxTimestampOffset = times.lastOffset();
        if (sizeBytes > 0) {
            followTimesToTheEnd();
        }
        offsets.file().letGoOfWindow();
        times.file().letGoOfWindow();
    }

    /// The youngest record may stand behind the last entries, and the time index may have lost its
    /// end without looking so.
    private void followTimesToTheEnd() {
        int last = offsets.file().isWhole() ? offsets.file().count() - 1 : 0;
        int start = last < 0 ? 0 : last < offsets.file().count() ? offsets.position(last) : -1;
        if (start < 0 || start >= sizeBytes) {
            rebuildIndexes();
            return;
        }
        var scanner = batchesFrom(start);
        boolean entered = last >= 0; // The entry's batch had its part in the time index.
        while (scanner.next()) {
            if (scanner.maxTimestamp() > maxTimestamp) {
                if (entered) {
                    rebuildIndexes();
                    return;
                }
                maxTimestamp = scanner.maxTimestamp();
                maxTimestampOffset = scanner.lastOffset();
            }
            entered = false;
        }
    }

    /// See [SegmentSearch#positionOf].
    public int positionOf(long offset) {
        return search.positionOf(offset);
    }

    /// From offsets and times to places in here.
    public SegmentSearch search() {
        return search;
    }

    public FileSlice slice(int position, int length) {
        var open = log.acquire();
        try {
            return open.slice(position, length);
        } finally {
            open.release();
        }
    }

    /// Shows every batch from the one on that holds `fromOffset`. Headers only.
    ///
    /// @throws DamagedLogException some of them cannot be shown
    public void visit(long fromOffset, BatchVisitor visitor) {
        int start = positionOf(fromOffset);
        var scanner = scan(start, sizeBytes, Scratch.forLookup());
        long next = fromOffset;
        while (scanner.next()) {
            next = scanner.lastOffset() + 1;
            visitor.visit(scanner);
        }
        if (scanner.flaw() != null) {
            throw damaged(scanner, next);
        }
    }

    /// What to throw when `scanner` met a flaw where records from `fromOffset` on were expected.
    public DamagedLogException damaged(BatchScanner scanner, long fromOffset) {
        return new DamagedLogException(
                new LogDamage(
                        log.path(),
                        scanner.position(),
                        fromOffset,
                        scanner.flawedEndOffset(),
                        scanner.flaw()));
    }

    /// To read the whole segment through, which must be closed and end at `endOffset`.
    ///
    /// @param epochs from offset to leader epoch, -1 where it is not known
    /// @param visitor is shown every good batch
    public SegmentCheck check(long endOffset, LongToIntFunction epochs, BatchVisitor visitor) {
        return new SegmentCheck(
                log.path(), log.acquire(), sizeBytes, baseOffset, endOffset, epochs, visitor);
    }

    /// The same for what lies below `endOffset`, where a batch begins, of one that is not closed.
    public SegmentCheck checkUpTo(long endOffset, LongToIntFunction epochs) {
        int bytes = positionOf(endOffset);
        return new SegmentCheck(
                log.path(), log.acquire(), bytes, baseOffset, endOffset, epochs, _ -> {});
    }

    /// The same from shortly before `offset` on: from where the index says that a batch begins.
    ///
    /// @param endOffset where the segment ends
    public SegmentCheck checkNear(long offset, long endOffset, LongToIntFunction epochs) {
        mendOffsets();
        int position = offsets.positionBefore(offset);
        var batches = batchesFrom(position);
        boolean isSane = batches.next() && batches.baseOffset() <= offset;
        long first = isSane ? batches.baseOffset() : offset;
        return new SegmentCheck(
                log.path(), log.acquire(), sizeBytes, first, endOffset, epochs, position);
    }

    /// Walks the batches from `position` on, where one begins, by their headers. To be used before
    /// the next call.
    public BatchScanner batchesFrom(int position) {
        return scan(position, sizeBytes, Scratch.forLookup());
    }

    BatchScanner scan(long start, long end, ByteBuffer scratch) {
        return new BatchScanner(log, scratch, start, end, false);
    }

    /// No more batches will come: the indexes get their last entries.
    public void seal() {
        mendTail();
        if (maxTimestamp != UNKNOWN) {
            times.add(maxTimestamp, maxTimestampOffset);
        }
        offsets.file().seal();
        times.file().seal();
    }

    /// Cuts the batch that holds `offset` and all behind it.
    public void truncateTo(long offset, int indexIntervalBytes) {
        int position = positionOf(offset);
        if (position < sizeBytes) {
            log.truncate(position);
            search.forget();
            sizeBytes = position;
            files.transactions().truncateTo(offset);
            new SegmentScrub(this, false, indexIntervalBytes, BatchJudge.NONE).run(offset);
        }
    }

    /// Reads all that recovery must not trust and cuts the file where it is no longer good.
    ///
    /// @param trustedBelow offsets below this were flushed
    /// @param gapless whether each batch goes on where the one before it ends
    /// @param judge sees every batch that was read
    public SegmentScrub.Result recover(
            long trustedBelow, int indexIntervalBytes, boolean gapless, BatchJudge judge) {
        tornTail = false;
        files.indexes().forEach(PooledFile::markUnsynced);
        var scrub = new SegmentScrub(this, true, indexIntervalBytes, judge);
        return (gapless ? scrub.refusingGaps() : scrub).run(trustedBelow);
    }

    /// Writes once more what is there, so that the next force has something to do.
    public void rewrite() {
        var buffer = Scratch.forScan();
        for (int position = 0; position < sizeBytes; position += buffer.limit()) {
            buffer.clear().limit(Math.min(buffer.capacity(), sizeBytes - position));
            log.read(buffer, position);
            log.write(buffer.flip(), position);
        }
    }

    /// Writes the indexes anew if that of offsets is no longer what it was.
    void mendOffsets() {
        if (sizeBytes > 2 * BatchLayout.HEADER_BYTES && !offsets.file().isWhole()) {
            rebuildIndexes();
        }
    }

    void rebuildIndexes() {
        int bytes = sizeBytes;
        SegmentScrub.Result found;
        try {
            found =
                    new SegmentScrub(this, false, SegmentScrub.INTERVAL_BYTES, BatchJudge.NONE)
                            .run(0);
        } finally {
            search.forget();
            sizeBytes = bytes; // Also where the disk refused: the records are all there.
        }
        if (found.flaw() != null) { // An index of the first half would hide the other one.
            offsets.clear();
            times.clear();
            offsets.file().file().remove();
            times.file().file().remove();
            maxTimestamp = UNKNOWN;
            throw new DamagedLogException(
                    new LogDamage(
                            log.path(), found.goodBytes(), found.nextOffset(), -1, found.flaw()));
        }
    }

    OffsetIndex offsets() {
        return offsets;
    }

    TimeIndex times() {
        return times;
    }

    /// Takes over what a scan has found out.
    void restart(int newSizeBytes, long newMaxTimestamp, long newMaxTimestampOffset) {
        search.forget();
        sizeBytes = newSizeBytes;
        maxTimestamp = newMaxTimestamp;
        maxTimestampOffset = newMaxTimestampOffset;
        firstTimestamp = UNKNOWN;
        bytesSinceEntry = 0;
    }

    void resize(int newSizeBytes) {
        search.forget();
        sizeBytes = newSizeBytes;
    }
}
