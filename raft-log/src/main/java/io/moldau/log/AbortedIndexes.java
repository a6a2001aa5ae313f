package io.moldau.log;

import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.PooledFile;
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
            if (segments.get(i).files().transactions().collect(from, below, found)) {
                break;
            }
        }
        return found;
    }

    /// Writes what the indexes of the segments from the one at `first` on say of markers at or
    /// behind `trusted`, from the records: a crash may have taken it, or left what is no longer so.
    /// What they say of earlier ones was flushed, and is not touched.
    static void rebuild(
            LogSegments segments, int first, long trusted, ProducerStore producers, long nowMs) {
        for (int i = first; i < segments.count(); i++) {
            segments.get(i).recoverTransactions(trusted);
        }
        var known = new ProducerStates();
        long start = producers.restore(known, segments, trusted, nowMs);
        for (int i = Math.max(0, segments.floor(start)); i < segments.count(); i++) {
            var segment = segments.get(i);
            if (segment.sizeBytes() == 0) {
                continue;
            }
            segment.visit(
                    Math.max(start, segment.baseOffset()),
                    batch -> {
                        var aborted = ProducerStore.note(known, batch, start, nowMs);
                        if (aborted != null && aborted.lastOffset() >= trusted) {
                            segment.files().transactions().add(aborted);
                        }
                    });
        }
        // At once: a clean stop with nothing to flush would not know of it.
        for (int i = first; i < segments.count(); i++) {
            segments.get(i).files().toFlush().forEach(PooledFile::force);
        }
    }
}
