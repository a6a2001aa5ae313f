package io.moldau.log;

import io.moldau.log.segment.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The segments of one log, in the order of their offsets. The last one is being written.
final class LogSegments {
    private final LogContext context;
    private final Path folder;
    private final ArrayList<Segment> segments;

    /// @param existing sorted by base offset
    LogSegments(LogContext context, Path folder, List<Segment> existing) {
        this.context = context;
        this.folder = folder;
        this.segments = new ArrayList<>(existing);
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    int count() {
        return segments.size();
    }

    Segment get(int index) {
        return segments.get(index);
    }

    Segment first() {
        return segments.getFirst();
    }

    Segment last() {
        return segments.getLast();
    }

    List<Segment> all() {
        return segments;
    }

    /// Index of the segment that `offset` falls into; -1 when it lies before the first.
    int floor(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        if (high >= 0 && segments.get(high).baseOffset() <= offset) {
            return high; // Most reads are near the end.
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /// Where the offsets of segment `index` end.
    long endOffset(int index, long logEndOffset) {
        return index + 1 < segments.size() ? segments.get(index + 1).baseOffset() : logEndOffset;
    }

    long sizeBytes() {
        long bytes = 0;
        for (var segment : segments) {
            bytes += segment.sizeBytes();
        }
        return bytes;
    }

    Segment add(long baseOffset, long nowMs) {
        var segment = Segment.create(context.disk(), context.files(), folder, baseOffset, nowMs);
        segments.add(segment);
        return segment;
    }

    /// Gives up the `count` oldest segments. Their files go after the delay.
    void dropFirst(int count, long dueMs) {
        drop(segments.subList(0, count), dueMs);
    }

    /// Gives up all segments from `index` on.
    void dropFrom(int index, long dueMs) {
        drop(segments.subList(index, segments.size()), dueMs);
    }

    /// Puts `segment` in the place of `count` others, whose files go after the delay.
    void replace(int first, int count, Segment segment, long dueMs) {
        drop(segments.subList(first, first + count), dueMs);
        segments.add(first, segment);
    }

    private void drop(List<Segment> which, long dueMs) {
        for (var segment : which) {
            segment.files().renameForDeletion().forEach(path -> context.trash().add(path, dueMs));
        }
        var aborted = which.stream().filter(segment -> segment.files().mayHaveAborted()).toList();
        if (!aborted.isEmpty()) {
            // A crash must not bring the records back without the index, which would show what was
            // aborted, nor leave the index to a segment that takes the name.
            context.disk().syncDirectory(folder);
            aborted.forEach(segment ->
                    context.trash().add(segment.files().renameTransactionsForDeletion(), dueMs));
            context.disk().syncDirectory(folder);
        }
        which.clear();
    }
}
