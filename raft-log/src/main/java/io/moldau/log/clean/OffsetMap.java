package io.moldau.log.clean;

import java.util.Arrays;

/// The last offset of each key, in memory of a fixed size, without an object for any of them. Keys
/// are known by their [KeyHash].
///
/// ```
/// slot: hash, low i64 | hash, high i64 | last offset + 1 i64     (24 bytes; all zero when free)
/// ```
///
/// Open addressing with linear probing: a chain of slots lies in one or two cache lines. Full at
/// nine tenths or less, beyond which chains get long. Belongs to one thread.
final class OffsetMap {
    static final int SLOT_BYTES = 24;

    private static final int SLOT_LONGS = 3;
    private static final int SLOTS_MAX = Integer.MAX_VALUE / SLOT_LONGS - 8;

    private final long[] slots;
    private final int slotCount;
    private final int entriesMax;
    private int entries;
    private long lastOffset = -1;
    long approached; // Wanted by nobody, but a read of which nothing is kept is left out.

    /// @param entriesWanted for so many keys there is room, unless the bound says otherwise
    /// @param bytesMax how much memory the map may take
    /// @param loadFactor share of the slots that may be taken
    OffsetMap(long entriesWanted, long bytesMax, double loadFactor) {
        long wanted = (long) (entriesWanted / loadFactor) + 2;
        long affordable = Math.max(2, bytesMax / SLOT_BYTES);
        slotCount = (int) Math.min(Math.min(wanted, affordable), SLOTS_MAX);
        slots = new long[slotCount * SLOT_LONGS];
        entriesMax = Math.clamp((long) (slotCount * loadFactor), 1, slotCount - 1);
    }

    /// Has memory bring the slots of all these keys at once. The lookups that follow would
    /// otherwise wait for one after the other, which is most of what they cost in a map of many
    /// megabytes.
    void approach(KeyStretch keys) {
        long seen = 0;
        for (int i = 0; i < keys.count(); i++) {
            seen |= slots[home(keys.low(i)) * SLOT_LONGS + 2];
        }
        approached = seen;
    }

    /// Remembers that a key stands at `offset`, behind whatever was put before. False when there is
    /// no room for another key.
    boolean put(long low, long high, long offset) {
        int slot = find(low, high);
        if (slots[slot + 2] == 0) {
            if (entries == entriesMax) {
                return false;
            }
            entries++;
            slots[slot] = low;
            slots[slot + 1] = high;
        }
        slots[slot + 2] = offset + 1;
        lastOffset = offset;
        return true;
    }

    /// The last offset at which a key stands; -1 when it is not here.
    long get(long low, long high) {
        return slots[find(low, high) + 2] - 1;
    }

    /// Where the key's slot is, or the free one that it would take.
    private int find(long low, long high) {
        int index = home(low);
        while (true) {
            int slot = index * SLOT_LONGS;
            if (slots[slot + 2] == 0 || (slots[slot] == low && slots[slot + 1] == high)) {
                return slot;
            }
            index = index + 1 == slotCount ? 0 : index + 1;
        }
    }

    /// The upper half of a product spreads the hash over any number of slots.
    private int home(long low) {
        return (int) Math.unsignedMultiplyHigh(low, slotCount);
    }

    /// There is nothing more to be put up to `offset`: what has no key does not count.
    void sees(long offset) {
        lastOffset = offset;
    }

    /// Keys in the map.
    int size() {
        return entries;
    }

    /// Up to where the map knows all keys; -1 when nowhere.
    long lastOffset() {
        return lastOffset;
    }

    long sizeBytes() {
        return (long) slotCount * SLOT_BYTES;
    }

    void clear() {
        Arrays.fill(slots, 0);
        entries = 0;
        lastOffset = -1;
    }
}
