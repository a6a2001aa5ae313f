package io.moldau.log.clean;

import io.moldau.log.batch.RecordReader;

/// Some neighbouring records of a batch: the hashes of their keys, and what else decides whether
/// they stay.
///
/// All keys of a stretch are hashed before the first is looked up, so that [OffsetMap#approach] can
/// have their slots on the way from memory at the same time. Belongs to one thread.
final class KeyStretch {
    private static final int RECORDS_MAX = 256;

    private final KeyHash hash;
    private final int[] offsetDeltas = new int[RECORDS_MAX];
    private final boolean[] keys = new boolean[RECORDS_MAX];
    private final boolean[] values = new boolean[RECORDS_MAX];
    private final long[] lows = new long[RECORDS_MAX];
    private final long[] highs = new long[RECORDS_MAX];
    private int count;

    KeyStretch(KeyHash hash) {
        this.hash = hash;
    }

    /// Reads the records that come next, which lie in `bytes`. False when there are none left.
    ///
    /// @throws io.moldau.log.batch.MalformedBatchException the bytes are no record
    boolean read(RecordReader records, byte[] bytes) {
        count = 0;
        while (count < RECORDS_MAX && !records.atEnd()) {
            records.next();
            offsetDeltas[count] = records.offsetDelta();
            keys[count] = records.hasKey();
            values[count] = records.hasValue();
            if (records.hasKey()) {
                lows[count] = hash.low(bytes, records.keyAt(), records.keyLength());
                highs[count] = hash.high();
            }
            count++;
        }
        return count > 0;
    }

    int count() {
        return count;
    }

    int offsetDelta(int index) {
        return offsetDeltas[index];
    }

    boolean hasKey(int index) {
        return keys[index];
    }

    /// False for a tombstone.
    boolean hasValue(int index) {
        return values[index];
    }

    /// Half of the key's hash, as [#high]; of no meaning without a key.
    long low(int index) {
        return lows[index];
    }

    long high(int index) {
        return highs[index];
    }
}
