package io.moldau.chaos.check;

import java.util.Arrays;

/// A number for each of some numbers, without a box: open addressing, half full at most.
final class LongMap {
    static final long ABSENT = Long.MIN_VALUE;

    private long[] keys = new long[8];
    private long[] values = absent(8);
    private int size;

    /// [#ABSENT] when none.
    long get(long key) {
        return values[slot(key)];
    }

    /// @param value anything but [#ABSENT]; nothing is ever taken out one by one
    void put(long key, long value) {
        int slot = slot(key);
        if (values[slot] == ABSENT) {
            size++;
        }
        keys[slot] = key;
        values[slot] = value;
        if (size * 2 > keys.length) {
            grow();
        }
    }

    void clear() {
        Arrays.fill(values, ABSENT);
        size = 0;
    }

    private void grow() {
        var oldKeys = keys;
        var oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = absent(keys.length);
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != ABSENT) {
                put(oldKeys[i], oldValues[i]);
            }
        }
    }

    /// Where `key` is, or where it would be.
    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
        while (values[slot] != ABSENT && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long[] absent(int length) {
        var values = new long[length];
        Arrays.fill(values, ABSENT);
        return values;
    }
}
