package io.moldau.log.clean;

import java.util.Arrays;

/// The last offset of each key, in memory of a fixed size, without an object for any of them.
///
/// ```
/// slot: hash, low i64 | hash, high i64 | last offset + 1 i64     (24 bytes; all zero when free)
/// ```
///
/// Open addressing with linear probing: a chain of slots lies in one or two cache lines. Full at
/// nine tenths or less, beyond which chains get long. Belongs to one thread.
public final class OffsetMap {
    public static final int SLOT_BYTES = 24;

    private static final int SLOT_LONGS = 3;
    private static final int SLOTS_MAX = Integer.MAX_VALUE / SLOT_LONGS - 8;

    private final long[] slots;
    private final int slotCount;
    private final int entriesMax;
    private final KeyHash hash;
    private int entries;
    private long lastOffset = -1;
    private long foundLow;

    /// @param entriesWanted for so many keys there is room, unless the bound says otherwise
    /// @param bytesMax how much memory the map may take
    /// @param loadFactor share of the slots that may be taken
    /// @param seed of the hash; secret, and another one for each cleaning
    public OffsetMap(long entriesWanted, long bytesMax, double loadFactor, long seed) {
        long wanted = (long) (entriesWanted / loadFactor) + 2;
        long affordable = Math.max(2, bytesMax / SLOT_BYTES);
        slotCount = (int) Math.min(Math.min(wanted, affordable), SLOTS_MAX);
        slots = new long[slotCount * SLOT_LONGS];
        entriesMax = Math.clamp((long) (slotCount * loadFactor), 1, slotCount - 1);
        hash = new KeyHash(seed, Long.rotateLeft(seed, 29) * 0x9e3779b97f4a7c15L);
    }

    /// Remembers that `key` stands at `offset`, behind whatever was put before. False when there is
    /// no room for another key.
    public boolean put(byte[] bytes, int keyAt, int keyLength, long offset) {
        int slot = find(bytes, keyAt, keyLength);
        if (slots[slot + 2] == 0) {
            if (entries == entriesMax) {
                return false;
            }
            entries++;
            slots[slot] = foundLow;
            slots[slot + 1] = hash.high();
        }
        slots[slot + 2] = offset + 1;
        lastOffset = offset;
        return true;
    }

    /// The last offset at which `key` stands; -1 when it is not here.
    public long get(byte[] bytes, int keyAt, int keyLength) {
        return slots[find(bytes, keyAt, keyLength) + 2] - 1;
    }

    /// Where the key's slot is, or the free one that it would take.
    private int find(byte[] bytes, int keyAt, int keyLength) {
        long low = hash.low(bytes, keyAt, keyLength);
        long high = hash.high();
        foundLow = low;
        // The upper half of a product spreads the hash over any number of slots.
        int index = (int) Math.unsignedMultiplyHigh(low, slotCount);
        while (true) {
            int slot = index * SLOT_LONGS;
            if (slots[slot + 2] == 0 || (slots[slot] == low && slots[slot + 1] == high)) {
                return slot;
            }
            index = index + 1 == slotCount ? 0 : index + 1;
        }
    }

    /// There is nothing more to be put up to `offset`: what has no key does not count.
    public void sees(long offset) {
        lastOffset = offset;
    }

    /// Keys in the map.
    public int size() {
        return entries;
    }

    /// Up to where the map knows all keys; -1 when nowhere.
    public long lastOffset() {
        return lastOffset;
    }

    public long sizeBytes() {
        return (long) slotCount * SLOT_BYTES;
    }

    public void clear() {
        Arrays.fill(slots, 0);
        entries = 0;
        lastOffset = -1;
    }
}
