package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.EndMarker;
import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.BatchScanner;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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

    ProducerStates load(LogSegments segments, long logEndOffset, long nowMs) {
        if (states == null) {
            states = new ProducerStates();
            // From the snapshot on, even below the log start: a transaction that the snapshot has
            // open may have ended there.
            long from = restore(states, segments, logEndOffset, nowMs);
            replay(states, segments, from, Long.MAX_VALUE, nowMs);
        }
        return states;
    }

    /// The file with the producers as they were at `offset`; null when there is none.
    @Nullable Path snapshotAt(long offset) {
        return snapshots.contains(offset) ? file(offset) : null;
    }

    /// Puts what the latest snapshot at or before `logEndOffset` has into `into`. Returns the
    /// snapshot's offset; 0 when there is none.
    ///
    /// One from before the first segment is none: a producer had better be unknown than known as it
    /// was before records that are gone, for then what it sends next would be out of order.
    long restore(ProducerStates into, LogSegments segments, long logEndOffset, long nowMs) {
        long oldest = segments.isEmpty() ? 0 : segments.first().baseOffset();
        for (var offset = snapshots.floor(logEndOffset);
                offset != null && offset >= oldest;
                offset = snapshots.lower(offset)) {
            var entries = ProducerSnapshot.read(disk, file(offset));
            if (entries.isPresent()) {
                entries.get().forEach(entry -> into.restore(entry, nowMs));
                return offset;
            }
            LOGGER.atWarn().addKeyValue("file", file(offset)).log("producer snapshot is damaged");
        }
        return 0;
    }

    /// @param to where a segment begins, or behind all of them
    private static void replay(
            ProducerStates states, LogSegments segments, long from, long to, long nowMs) {
        for (int i = Math.max(0, segments.floor(from)); i < segments.count(); i++) {
            var segment = segments.get(i);
            if (segment.sizeBytes() > 0 && segment.baseOffset() < to) {
                segment.visit(
                        Math.max(from, segment.baseOffset()),
                        batch -> note(states, batch, from, nowMs));
            }
        }
    }

    /// As below, for a batch on the disk that does not lie before `from`.
    static AbortedTransaction note(
            ProducerStates states, BatchScanner batch, long from, long nowMs) {
        if (batch.baseOffset() < from) {
            return null;
        }
        boolean control = BatchLayout.isControl(batch.header(), batch.headerAt());
        return control
                ? note(states, batch.wholeBatch(), 0, nowMs)
                : note(states, batch.header(), batch.headerAt(), nowMs);
    }

    /// Takes note of the batch at index `at`, which is in the log. Returns the transaction that it
    /// aborted, or null.
    static AbortedTransaction note(ProducerStates states, ByteBuffer batch, int at, long nowMs) {
        long producerId = BatchLayout.producerId(batch, at);
        if (producerId < 0) {
            return null;
        }
        long timestampMs = BatchLayout.maxTimestamp(batch, at);
        if (BatchLayout.isControl(batch, at)) {
            long offset = BatchLayout.baseOffset(batch, at);
            return EndMarker.read(batch, at)
                    .map(marker -> states.end(marker, offset, timestampMs, nowMs))
                    .orElse(null);
        }
        int delta = BatchLayout.lastOffsetDelta(batch, at);
        states.update(
                producerId,
                BatchLayout.producerEpoch(batch, at),
                ProducerEntry.increment(BatchLayout.baseSequence(batch, at), delta),
                BatchLayout.baseOffset(batch, at) + delta,
                delta,
                timestampMs,
                BatchLayout.isTransactional(batch, at),
                nowMs);
        return null;
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

    /// Records from `offset` on are gone, and what was learnt from them. Returns whether files
    /// went: before others of the same names can come, their going must have reached the disk.
    boolean truncateTo(long offset) {
        states = null;
        return removeIf(snapshot -> snapshot > offset);
    }

    /// Records below `offset` are about to go: what they told of producers must survive a crash. It
    /// is in the snapshot of that offset; where an earlier crash tore or took that one, it is
    /// written again, from an older one and the records behind it.
    ///
    /// @param offset where a segment begins
    void secure(LogSegments segments, long offset, long nowMs) {
        var due = snapshotAt(offset);
        if (due == null || ProducerSnapshot.read(disk, due).isEmpty()) {
            rewrite(segments, offset, nowMs);
        }
        var latest = snapshots.floor(offset);
        if (latest != null) {
            AtomicFile.force(disk, file(latest));
        }
    }

    private void rewrite(LogSegments segments, long offset, long nowMs) {
        var then = new ProducerStates();
        try {
            replay(then, segments, restore(then, segments, offset, nowMs), offset, nowMs);
        } catch (DamagedLogException damaged) {
            LOGGER.atWarn()
                    .addKeyValue("folder", folder)
                    .setCause(damaged)
                    .log("records go, and with them what they told of producers");
            return;
        }
        ProducerSnapshot.write(disk, file(offset), then.entries());
        snapshots.add(offset);
    }

    /// Records below `offset` are gone; what is known of their producers is kept.
    void dropBelow(long offset) {
        removeIf(snapshot -> snapshot < offset && !snapshot.equals(snapshots.last()));
    }

    void clear() {
        removeIf(_ -> true);
        states = new ProducerStates();
    }

    private boolean removeIf(Predicate<Long> unwanted) {
        int before = snapshots.size();
        for (var offset : List.copyOf(snapshots)) {
            if (unwanted.test(offset)) {
                disk.delete(file(offset));
                snapshots.remove(offset);
            }
        }
        return snapshots.size() < before;
    }

    private Path file(long offset) {
        return folder.resolve(SegmentNames.of(offset, SegmentNames.SNAPSHOT));
    }
}
