package io.moldau.log.segment;

import java.nio.ByteBuffer;

/// Entries of one size, in a file that grows as they come.
///
/// The latest ones wait in memory until there are enough to be worth a write; the file is read in
/// windows of 4 KB, of which the last stays at hand for a reader that walks along. Nothing is held
/// for an index that nobody uses.
///
/// Losing what waits in memory is harmless: recovery writes the index of the last segment anew.
final class IndexFile {
    private static final int WINDOW_BYTES = 4096;
    private static final int PENDING_ENTRIES_FIRST = 8;
    private static final int PENDING_ENTRIES_MAX = 128;
    private static final int UNKNOWN = -1;
    private static final int GUESSES_MAX = 3;

    /// What entries are ordered by.
    interface Keys {
        long at(int index);
    }

    private final PooledFile file;
    private final int entryBytes;
    private int stored = UNKNOWN;
    private boolean ragged;
    private boolean fresh;
    private ByteBuffer pending;
    private ByteBuffer window;
    private int windowFirst;
    private int windowCount;
    private boolean firstKnown;
    private long firstKey;
    private int lastKnownOf = UNKNOWN;
    private long lastKey;

    IndexFile(PooledFile file, int entryBytes) {
        this.file = file;
        this.entryBytes = entryBytes;
    }

    PooledFile file() {
        return file;
    }

    int count() {
        return storedCount() + pendingCount();
    }

    /// Whether the file is there and of a length that entries can have.
    boolean isWhole() {
        storedCount();
        return !ragged && (fresh || stored > 0 || file.exists());
    }

    /// Begins empty, with no file.
    void begin() {
        reset();
        file.remove();
        stored = 0;
        fresh = true;
    }

    /// Room for one more entry, at the returned buffer's position; the caller fills it.
    ByteBuffer append() {
        storedCount();
        if (pending == null) {
            pending = ByteBuffer.allocate(PENDING_ENTRIES_FIRST * entryBytes);
        }
        if (pending.remaining() < entryBytes) {
            makeRoom();
        }
        return pending;
    }

    private void makeRoom() {
        if (pendingCount() >= PENDING_ENTRIES_MAX) {
            store();
            return;
        }
        var larger = ByteBuffer.allocate(pending.capacity() * 4);
        pending = larger.put(pending.flip());
    }

    /// Where entry `index` begins in [#buffer(int)].
    int locate(int index) {
        if (index >= storedCount()) {
            return (index - stored) * entryBytes;
        }
        if (window == null || index < windowFirst || index >= windowFirst + windowCount) {
            load(index);
        }
        return (index - windowFirst) * entryBytes;
    }

    /// The buffer that holds entry `index`, after [#locate] was asked for the same.
    ByteBuffer buffer(int index) {
        return index >= stored ? pending : window;
    }

    /// The last entry whose key is not above `key`; -1 when there is none.
    ///
    /// Keys mostly rise evenly, so that a guess hits the right window or its neighbour, where
    /// halving alone would read a handful of windows first.
    int floor(long key, Keys keys) {
        int low = 0;
        int high = count() - 1;
        if (high < 0 || key < firstKey(keys)) {
            return -1;
        }
        if (key >= lastKey(keys, high)) {
            return high;
        }
        long lowKey = firstKey;
        long highKey = lastKey;
        for (int i = 0; i < GUESSES_MAX && high - low > 1; i++) {
            double share = (double) (key - lowKey) / (highKey - lowKey);
            int guess = Math.clamp(low + (long) ((high - low) * share), low, high - 1);
            locate(guess);
            int from = Math.max(low, guess >= stored ? stored : windowFirst);
            int to = guess >= stored ? high : Math.min(high, windowFirst + windowCount - 1);
            if (keys.at(from) > key) {
                high = from;
                highKey = keys.at(from);
            } else if (keys.at(to) <= key) {
                low = to;
                lowKey = keys.at(to);
            } else {
                low = from;
                high = to;
                break;
            }
        }
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (keys.at(middle) <= key) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long firstKey(Keys keys) {
        if (!firstKnown) {
            firstKey = keys.at(0);
            firstKnown = true;
        }
        return firstKey;
    }

    private long lastKey(Keys keys, int last) {
        if (lastKnownOf != last) {
            lastKey = keys.at(last);
            lastKnownOf = last;
        }
        return lastKey;
    }

    private void forgetKeys() {
        firstKnown = false;
        lastKnownOf = UNKNOWN;
    }

    private void load(int index) {
        int perWindow = WINDOW_BYTES / entryBytes;
        windowFirst = index / perWindow * perWindow;
        int wanted = Math.min(perWindow, stored - windowFirst) * entryBytes;
        if (window == null || window.capacity() < wanted) {
            window = ByteBuffer.allocate(wanted); // Of most logs, a few entries are all there is.
        }
        window.clear();
        int bytes = file.read(window, (long) windowFirst * entryBytes);
        windowCount = Math.min(bytes / entryBytes, stored - windowFirst);
        if (index >= windowFirst + windowCount) { // The file shrank behind our back.
            windowCount = 0;
            throw new IllegalStateException(
                    "%s has lost entry %d of %d".formatted(file.path(), index, stored));
        }
    }

    /// Whoever asked is done, and will not ask again soon.
    void letGoOfWindow() {
        window = null;
        windowCount = 0;
    }

    /// Writes what waits.
    void store() {
        storedCount();
        if (pendingCount() == 0) {
            return;
        }
        if (stored == 0) {
            file.create();
        }
        int bytes = pending.position();
        file.write(pending.duplicate().flip(), (long) stored * entryBytes);
        // Only now: what the disk did not take is tried again.
        stored += bytes / entryBytes;
        pending.clear();
    }

    /// [#store], and no memory is kept. The file is there afterwards, as Kafka has it.
    void seal() {
        store();
        file.create();
        pending = null;
        letGoOfWindow();
    }

    /// Keeps the first `entries` only.
    void truncateTo(int entries) {
        forgetKeys();
        int wasStored = storedCount();
        if (entries >= wasStored && !ragged) {
            if (pending != null) {
                pending.position((entries - wasStored) * entryBytes);
            }
            return;
        }
        pending = null;
        letGoOfWindow();
        stored = Math.min(entries, wasStored);
        ragged = false;
        if (file.exists()) {
            file.truncate((long) stored * entryBytes);
        }
    }

    /// Forgets what it believes of the file.
    void reset() {
        forgetKeys();
        stored = UNKNOWN;
        ragged = false;
        fresh = false;
        pending = null;
        letGoOfWindow();
    }

    private int storedCount() {
        if (stored == UNKNOWN) {
            long bytes = file.sizeOnDisk();
            stored = (int) (bytes / entryBytes);
            ragged = bytes % entryBytes != 0;
        }
        return stored;
    }

    private int pendingCount() {
        return pending == null ? 0 : pending.position() / entryBytes;
    }
}
