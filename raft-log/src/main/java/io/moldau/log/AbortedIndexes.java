package io.moldau.log;

import io.moldau.log.segment.AbortedTransaction;
import java.util.ArrayList;
import java.util.List;

/// The transaction indexes of a log's segments, one behind the other.
final class AbortedIndexes {
    private AbortedIndexes() {}

    /// The aborted transactions that a reader of the records from `from` on and below `below` must
    /// know of. Those that begin before `from` are among them.
    static List<AbortedTransaction> find(LogSegments segments, long from, long below) {
        var found = new ArrayList<AbortedTransaction>();
        for (int i = Math.max(0, segments.floor(from)); i < segments.count(); i++) {
            if (segments.get(i).transactions().collect(from, below, found)) {
                break;
            }
        }
        return found;
    }

    /// Writes the indexes of the segments from the one at `first` on anew, from the records: what a
    /// crash left of them says nothing of what it took.
    static void rebuild(LogSegments segments, int first, ProducerStore producers, long nowMs) {
        long from = segments.get(first).baseOffset();
        for (int i = first; i < segments.count(); i++) {
            segments.get(i).transactions().clear();
        }
        var known = new ProducerStates();
        long start = producers.restore(known, from, nowMs);
        for (int i = Math.max(0, segments.floor(start)); i < segments.count(); i++) {
            var segment = segments.get(i);
            if (segment.sizeBytes() == 0) {
                continue;
            }
            segment.visit(
                    Math.max(start, segment.baseOffset()),
                    batch -> {
                        var aborted = ProducerStore.note(known, batch, start, nowMs);
                        if (aborted != null && aborted.lastOffset() >= from) {
                            segment.transactions().add(aborted);
                        }
                    });
        }
    }
}
