package io.moldau.log;

import io.moldau.log.segment.RecordPoint;
import io.moldau.log.segment.Segment;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The reading side of one log: from offsets and times to stretches of files.
final class LogReader {
    private final LogSegments segments;
    private final PositionHints appendedAt = new PositionHints();
    private final PositionHints readUpTo = new PositionHints();

    LogReader(LogSegments segments) {
        this.segments = segments;
    }

    /// The log now ends at `endOffset`, which is at `position` in the last segment.
    void onAppended(long endOffset, int position) {
        appendedAt.put(endOffset, position);
    }

    void onTruncated() {
        appendedAt.clear();
        readUpTo.clear();
    }

    /// See [PartitionLog#read]; `offset` is within the log.
    ///
    /// @param missing told where there should be records, and are none
    LogRead read(
            LogRead nothing,
            long limit,
            int maxBytes,
            boolean atLeastOneBatch,
            LongConsumer missing) {
        long offset = nothing.startOffset();
        long end = nothing.logEndOffset();
        for (int i = segments.floor(offset); offset < limit && i < segments.count(); i++) {
            var segment = segments.get(i);
            int position = positionIn(segment, offset);
            int available = endPositionIn(i, limit, end) - position;
            if (available > 0) {
                int length = lengthAt(segment, position, available, maxBytes, atLeastOneBatch);
                return length == 0 ? nothing : nothing.with(segment.slice(position, length));
            }
            if (segments.endOffset(i, end) >= limit) {
                break;
            }
        }
        if (offset < limit) {
            missing.accept(offset);
        }
        return nothing;
    }

    /// An offset behind what was read, at most `limit` and not far behind.
    long boundOf(LogRead read, long limit) {
        int index = segments.floor(read.startOffset());
        var slice = read.slice();
        if (index < 0 || positionIn(segments.get(index), read.startOffset()) != slice.position()) {
            index++; // It was behind the last batch there.
        }
        if (index >= segments.count()) {
            return limit;
        }
        long end = slice.position() + slice.length();
        long bound = segments.get(index).search().offsetBehind((int) end);
        return Math.min(limit, bound < 0 ? segments.endOffset(index, limit) : bound);
    }

    /// See [PartitionLog#readWhole]; `offset` is within the log.
    @Nullable WholeBatches readWhole(long offset, long end, int maxBytes, LongConsumer missing) {
        for (int i = segments.floor(offset); offset < end && i < segments.count(); i++) {
            var segment = segments.get(i);
            int position = positionIn(segment, offset);
            int available = endPositionIn(i, end, end) - position;
            if (available > maxBytes) {
                return cut(segment, offset, position, maxBytes);
            }
            if (available > 0) {
                return new WholeBatches(
                        segment.slice(position, available), segments.endOffset(i, end));
            }
        }
        if (offset < end) {
            missing.accept(offset);
        }
        return null;
    }

    /// As many batches as fit, and at least one.
    private WholeBatches cut(Segment segment, long offset, int position, int maxBytes) {
        var batches = segment.batchesFrom(position);
        int length = 0;
        long nextOffset = -1;
        while (batches.next() && (length == 0 || length + batches.sizeBytes() <= maxBytes)) {
            length += batches.sizeBytes();
            nextOffset = batches.lastOffset() + 1;
        }
        if (length == 0) {
            throw segment.damaged(batches, offset);
        }
        readUpTo.put(nextOffset, position + length);
        return new WholeBatches(segment.slice(position, length), nextOffset);
    }

    private static int lengthAt(
            Segment segment, int position, int available, int maxBytes, boolean atLeastOneBatch) {
        if (maxBytes >= available) {
            return available;
        }
        int first = segment.search().batchBytesAt(position);
        if (first <= maxBytes) {
            return maxBytes;
        }
        return atLeastOneBatch ? first : 0;
    }

    private int positionIn(Segment segment, long offset) {
        if (offset <= segment.baseOffset()) {
            return 0;
        }
        int position = appendedAt.find(offset);
        if (position < 0) {
            position = readUpTo.find(offset);
        }
        return position < 0 ? segment.positionOf(offset) : position;
    }

    private int endPositionIn(int index, long limit, long logEndOffset) {
        var segment = segments.get(index);
        if (segments.endOffset(index, logEndOffset) > limit) {
            return positionIn(segment, limit);
        }
        if (index == segments.count() - 1) { // Where whoever reads this will ask to go on.
            readUpTo.put(logEndOffset, segment.sizeBytes());
        }
        return segment.sizeBytes();
    }

    Optional<TimestampOffset> offsetForTimestamp(long timestampMs, long fromOffset) {
        for (int i = Math.max(0, segments.floor(fromOffset)); i < segments.count(); i++) {
            var segment = segments.get(i);
            if (segment.maxTimestamp() >= timestampMs) {
                var found = segment.search().firstNotBefore(timestampMs, fromOffset);
                if (found.isPresent()) {
                    return found.map(LogReader::toTimestampOffset);
                }
            }
        }
        return Optional.empty();
    }

    Optional<TimestampOffset> maxTimestamp(long fromOffset) {
        Segment latest = null;
        long youngest = Long.MIN_VALUE;
        for (int i = Math.max(0, segments.floor(fromOffset)); i < segments.count(); i++) {
            var segment = segments.get(i);
            long own = segment.maxTimestamp(fromOffset);
            if (own > youngest) {
                latest = segment;
                youngest = own;
            }
        }
        return latest == null
                ? Optional.empty()
                : latest.search().latestRecord(fromOffset).map(LogReader::toTimestampOffset);
    }

    private static TimestampOffset toTimestampOffset(RecordPoint point) {
        return new TimestampOffset(point.timestampMs(), point.offset(), point.leaderEpoch());
    }
}
