package io.moldau.log.segment;

import io.moldau.log.batch.BatchLayout;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.LongToIntFunction;

/// Reads a closed segment through, piece by piece, and compares all that can be compared: sizes,
/// checksums, the order of offsets, and leader epochs, which the checksum does not cover.
///
/// Nothing of the segment itself is touched, so its owner goes on meanwhile. One thread at a time,
/// any thread.
public final class SegmentCheck implements AutoCloseable {
    private final Path path;
    private final OpenFile file;
    private final long sizeBytes;
    private final long endOffset;
    private final LongToIntFunction epochs;
    private final BatchVisitor visitor;
    private boolean refusesGaps;
    private long position;
    private long nextOffset;
    private long previousPosition;
    private long previousOffset;
    private LogDamage damage;

    /// @param file with one reference, which is this one's from now on
    SegmentCheck(
            Path path,
            OpenFile file,
            long sizeBytes,
            long baseOffset,
            long endOffset,
            LongToIntFunction epochs,
            BatchVisitor visitor) {
        this.path = path;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.nextOffset = baseOffset;
        this.previousOffset = baseOffset;
        this.endOffset = endOffset;
        this.epochs = epochs;
        this.visitor = visitor;
    }

    /// The same from `position` on, where a batch begins that holds `baseOffset`.
    SegmentCheck(
            Path path,
            OpenFile file,
            long sizeBytes,
            long baseOffset,
            long endOffset,
            LongToIntFunction epochs,
            int position) {
        this(path, file, sizeBytes, baseOffset, endOffset, epochs, _ -> {});
        this.position = position;
        this.previousPosition = position;
    }

    /// Takes an offset that is skipped for damage: where a first offset had rotted, a truncation
    /// may have cut more than it should.
    public SegmentCheck refusingGaps() {
        refusesGaps = true;
        return this;
    }

    /// Reads about `maxBytes` more, at least one batch. Returns whether anything is left to read;
    /// nothing is behind the first damage.
    public boolean read(int maxBytes) {
        long until = position + maxBytes;
        var scanner = new BatchScanner(file, Scratch.forScan(), position, sizeBytes, true);
        try {
            while (position < until && scanner.next()) {
                if (scanner.baseOffset() < nextOffset) { // Which of the two is wrong?
                    damage =
                            new LogDamage(
                                    path,
                                    previousPosition,
                                    previousOffset,
                                    -1,
                                    "offset %d after %d"
                                            .formatted(scanner.baseOffset(), nextOffset - 1));
                    return false;
                }
                String flaw = flawOf(scanner);
                if (flaw != null) {
                    damage = damageAt(scanner.lastOffset() + 1, flaw);
                    return false;
                }
                visitor.visit(scanner);
                previousPosition = position;
                previousOffset = nextOffset;
                nextOffset = scanner.lastOffset() + 1;
                position = scanner.position() + scanner.sizeBytes();
            }
            if (scanner.flaw() != null) {
                damage = damageAt(scanner.flawedEndOffset(), scanner.flaw());
            }
        } catch (UncheckedIOException e) { // A sector that cannot be read is as good as lost.
            damage = damageAt(-1, e.toString());
        }
        return damage == null && position < sizeBytes;
    }

    private String flawOf(BatchScanner batch) {
        if (batch.lastOffset() >= endOffset) {
            return "offset %d in a segment that ends at %d"
                    .formatted(batch.lastOffset(), endOffset);
        }
        if (refusesGaps && batch.baseOffset() > nextOffset) {
            return "offset %d after %d".formatted(batch.baseOffset(), nextOffset - 1);
        }
        int written = BatchLayout.leaderEpoch(batch.header(), batch.headerAt());
        int known = epochs.applyAsInt(batch.baseOffset());
        return written != -1 && known >= 0 && written != known
                ? "leader epoch %d where it was %d".formatted(written, known)
                : null;
    }

    private LogDamage damageAt(long damagedEnd, String flaw) {
        return new LogDamage(path, position, nextOffset, damagedEnd, flaw);
    }

    /// What was found so far; null while all is well.
    public LogDamage damage() {
        return damage;
    }

    /// Whether all of the segment was read, and nothing is wrong.
    public boolean isWhole() {
        return damage == null && position >= sizeBytes;
    }

    /// Behind the last batch that was read.
    public long nextOffset() {
        return nextOffset;
    }

    public long positionBytes() {
        return position;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void close() {
        file.release();
    }
}
