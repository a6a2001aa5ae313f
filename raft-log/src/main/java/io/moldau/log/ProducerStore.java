package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.BatchScanner;
import io.moldau.log.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A partition's producers on disk: read when the first batch comes, from the latest snapshot and
/// the records behind it.
final class ProducerStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProducerStore.class);

    private final Disk disk;
    private final Path folder;
    private final TreeSet<Long> snapshots;
    private ProducerStates states;

    /// @param snapshotOffsets those of which there are files
    ProducerStore(Disk disk, Path folder, Collection<Long> snapshotOffsets) {
        this.disk = disk;
        this.folder = folder;
        this.snapshots = new TreeSet<>(snapshotOffsets);
    }

    /// Null while nobody has asked.
    ProducerStates loaded() {
        return states;
    }

    ProducerStates load(LogSegments segments, long logStartOffset, long logEndOffset, long nowMs) {
        if (states == null) {
            states = new ProducerStates();
            long from = Math.max(logStartOffset, restoreLatest(logEndOffset, nowMs));
            replay(segments, from, nowMs);
        }
        return states;
    }

    /// Returns the offset of the snapshot that was used; 0 when there is none.
    private long restoreLatest(long logEndOffset, long nowMs) {
        for (var offset = snapshots.floor(logEndOffset);
                offset != null;
                offset = snapshots.lower(offset)) {
            var entries = ProducerSnapshot.read(disk, file(offset));
            if (entries.isPresent()) {
                entries.get().forEach(entry -> states.restore(entry, nowMs));
                return offset;
            }
            LOGGER.atWarn().addKeyValue("file", file(offset)).log("producer snapshot is damaged");
        }
        return 0;
    }

    private void replay(LogSegments segments, long from, long nowMs) {
        for (int i = Math.max(0, segments.floor(from)); i < segments.count(); i++) {
            var segment = segments.get(i);
            if (segment.sizeBytes() > 0) {
                segment.visit(
                        Math.max(from, segment.baseOffset()), batch -> note(batch, from, nowMs));
            }
        }
    }

    private void note(BatchScanner batch, long from, long nowMs) {
        if (batch.baseOffset() >= from) {
            note(states, batch.header(), batch.headerAt(), nowMs);
        }
    }

    /// Takes note of the batch at index `at`, which is in the log.
    static void note(ProducerStates states, ByteBuffer batch, int at, long nowMs) {
        long producerId = BatchLayout.producerId(batch, at);
        if (producerId < 0 || BatchLayout.isControl(batch, at)) {
            return;
        }
        int delta = BatchLayout.lastOffsetDelta(batch, at);
        states.update(
                producerId,
                BatchLayout.producerEpoch(batch, at),
                ProducerEntry.increment(BatchLayout.baseSequence(batch, at), delta),
                BatchLayout.baseOffset(batch, at) + delta,
                delta,
                BatchLayout.maxTimestamp(batch, at),
                nowMs);
    }

    /// Writes what is known at `offset`, the log's end. Snapshots that nothing can need any more
    /// go: those between two segments.
    void snapshot(long offset, LogSegments segments) {
        if (states == null) {
            return;
        }
        ProducerSnapshot.write(disk, file(offset), states.entries());
        snapshots.add(offset);
        removeIf(other ->
                other != offset
                        && segments.all().stream()
                                .noneMatch(segment -> segment.baseOffset() == other));
    }

    /// Records from `offset` on are gone, and what was learnt from them.
    void truncateTo(long offset) {
        removeIf(snapshot -> snapshot > offset);
        states = null;
    }

    /// Records below `offset` are gone; what is known of their producers is kept.
    void dropBelow(long offset) {
        removeIf(snapshot -> snapshot < offset && !snapshot.equals(snapshots.last()));
    }

    void clear() {
        removeIf(_ -> true);
        states = new ProducerStates();
    }

    private void removeIf(Predicate<Long> unwanted) {
        for (var offset : List.copyOf(snapshots)) {
            if (unwanted.test(offset)) {
                disk.delete(file(offset));
                snapshots.remove(offset);
            }
        }
    }

    private Path file(long offset) {
        return folder.resolve(SegmentNames.of(offset, SegmentNames.SNAPSHOT));
    }
}
