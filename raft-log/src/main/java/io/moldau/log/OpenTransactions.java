package io.moldau.log;

import java.util.ArrayDeque;
import java.util.TreeSet;

/// The transactions of one partition that are not decided, or not for all replicas: readers of
/// committed records stop before the first of them.
final class OpenTransactions {
    private static final int ENDED_MAX = 1024;

    private record Ended(long firstOffset, long markerOffset) {}

    private final TreeSet<Long> open = new TreeSet<>();

    /// In the order of their markers. A marker that is not committed may yet be lost.
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();

    void begin(long firstOffset) {
        open.add(firstOffset);
    }

    void end(long firstOffset, long markerOffset) {
        open.remove(firstOffset);
        if (ended.size() == ENDED_MAX) { // Nobody asked for long.
            var oldest = ended.removeFirst();
            var next = ended.removeFirst();
            ended.addFirst(
                    new Ended(
                            Math.min(oldest.firstOffset(), next.firstOffset()),
                            next.markerOffset()));
        }
        ended.addLast(new Ended(firstOffset, markerOffset));
    }

    /// Below it every transaction has its marker; `otherwise` when none is open.
    long firstOpen(long otherwise) {
        return open.isEmpty() ? otherwise : open.first();
    }

    /// Below it every transaction has its marker, and the marker is committed; [Long#MAX_VALUE]
    /// when that is so for all of them.
    long firstUnstable(long highWatermark) {
        while (!ended.isEmpty() && ended.getFirst().markerOffset() < highWatermark) {
            ended.removeFirst();
        }
        long first = firstOpen(Long.MAX_VALUE);
        for (var transaction : ended) {
            first = Math.min(first, transaction.firstOffset());
        }
        return first;
    }
}
