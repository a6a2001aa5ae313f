package io.moldau.log.segment;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The transactions that were aborted by a marker in this segment, in the order of the markers.
///
/// ```
/// version i16 = 0 | producer id i64 | first offset i64 | last offset i64 | last stable offset i64
/// ```
///
/// A segment in which none was aborted has no file, as in Kafka. Entries are written at once: they
/// are rare, and nothing but the records before the segment could bring them back.
public final class TransactionIndex {
    static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;
    private static final int FIRST_OFFSET_AT = 10;
    private static final int LAST_OFFSET_AT = 18;
    private static final int LAST_STABLE_OFFSET_AT = 26;

    private final IndexFile entries;
    private boolean unsynced;

    TransactionIndex(PooledFile file) {
        this.entries = new IndexFile(file, ENTRY_BYTES);
    }

    PooledFile file() {
        return entries.file();
    }

    /// Where its file is, or would be.
    public Path path() {
        return entries.file().path();
    }

    /// What such a file says; empty when it cannot be one.
    public static Optional<List<AbortedTransaction>> decode(ByteBuffer file) {
        if (file.remaining() % ENTRY_BYTES != 0) {
            return Optional.empty();
        }
        var all = new ArrayList<AbortedTransaction>(file.remaining() / ENTRY_BYTES);
        while (file.hasRemaining()) {
            if (file.getShort() != VERSION) {
                return Optional.empty();
            }
            all.add(
                    new AbortedTransaction(
                            file.getLong(), file.getLong(), file.getLong(), file.getLong()));
        }
        return Optional.of(all);
    }

    /// A file that says so.
    public static ByteBuffer encode(List<AbortedTransaction> all) {
        var file = ByteBuffer.allocate(all.size() * ENTRY_BYTES);
        all.forEach(aborted -> put(file, aborted));
        return file.flip();
    }

    /// Another file was put in its place.
    public void reload() {
        entries.reset();
        entries.file().letGo();
        unsynced = false;
    }

    private static void put(ByteBuffer into, AbortedTransaction aborted) {
        into.putShort(VERSION)
                .putLong(aborted.producerId())
                .putLong(aborted.firstOffset())
                .putLong(aborted.lastOffset())
                .putLong(aborted.lastStableOffset());
    }

    /// @throws java.io.UncheckedIOException the disk refused
    public void add(AbortedTransaction aborted) {
        put(entries.append(), aborted);
        unsynced = true;
        entries.store();
    }

    private AbortedTransaction get(int index) {
        return new AbortedTransaction(
                at(index, Short.BYTES),
                at(index, FIRST_OFFSET_AT),
                at(index, LAST_OFFSET_AT),
                at(index, LAST_STABLE_OFFSET_AT));
    }

    private long at(int index, int field) {
        int at = entries.locate(index);
        return entries.buffer(index).getLong(at + field);
    }

    /// Adds to `into` what concerns a reader of the records from `from` on and below `below`.
    /// Returns whether the segments behind this one have nothing to add.
    public boolean collect(long from, long below, List<AbortedTransaction> into) {
        int count = entries.count();
        for (int i = firstEndedAtOrBehind(from, count); i < count; i++) {
            var aborted = get(i);
            if (aborted.firstOffset() < below) {
                into.add(aborted);
            }
            if (aborted.lastStableOffset() >= below) {
                return true;
            }
        }
        return false;
    }

    private int firstEndedAtOrBehind(long offset, int count) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle, LAST_OFFSET_AT) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Forgets what ended at or behind `offset`.
    void truncateTo(long offset) {
        truncateTo(offset, _ -> true);
    }

    /// The same for a file that may end with entries that a crash has torn.
    ///
    /// @param isReal whether the marker of an entry is in the log
    void truncateTo(long offset, Predicate<AbortedTransaction> isReal) {
        int keep = 0;
        for (long last = -1; keep < entries.count() && isBetween(keep, last, offset); keep++) {
            last = at(keep, LAST_OFFSET_AT);
        }
        while (keep > 0 && !isReal.test(get(keep - 1))) {
            keep--;
        }
        if (keep == 0) {
            clear();
        } else {
            entries.truncateTo(keep);
            unsynced = true;
        }
    }

    private boolean isBetween(int index, long after, long before) {
        int at = entries.locate(index);
        long last = at(index, LAST_OFFSET_AT);
        return entries.buffer(index).getShort(at) == VERSION && last > after && last < before;
    }

    /// Begins anew, with no file.
    private void clear() {
        entries.begin();
        unsynced = false;
    }

    /// Whether there are entries of which no flush knows yet. Whoever asks sees to them.
    boolean takeUnsynced() {
        boolean was = unsynced;
        unsynced = false;
        return was;
    }
}
