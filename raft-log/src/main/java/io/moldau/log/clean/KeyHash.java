package io.moldau.log.clean;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// SipHash-2-4 with 128 bits, of a record's key.
///
/// Two keys with the same hash are one key to the cleaner, and the older one's record would be
/// lost. By chance that does not happen in 128 bits. On purpose it must not happen either: clients
/// choose the keys, so the hash is keyed with a secret that no client knows and that each cleaning
/// draws anew. (Kafka's MD5 has no secret, and is several times slower.) Belongs to one thread.
///
/// @see <a href="https://www.aumasson.jp/siphash/siphash.pdf">SipHash: a fast short-input PRF</a>
final class KeyHash {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long k0;
    private final long k1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long high;

    KeyHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /// @param seed secret, and another one for each cleaning
    static KeyHash seeded(long seed) {
        return new KeyHash(seed, Long.rotateLeft(seed, 29) * 0x9e3779b97f4a7c15L);
    }

    /// The first 64 bits; the others are then to be had from [#high()].
    long low(byte[] bytes, int from, int length) {
        v0 = k0 ^ 0x736f6d6570736575L;
        v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = k0 ^ 0x6c7967656e657261L;
        v3 = k1 ^ 0x7465646279746573L;
        int tail = from + (length & ~7);
        for (int at = from; at < tail; at += Long.BYTES) {
            absorb((long) LONGS.get(bytes, at));
        }
        absorb(lastWord(bytes, tail, from + length, length));

        v2 ^= 0xee;
        rounds(4);
        long low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        rounds(4);
        high = v0 ^ v1 ^ v2 ^ v3;
        return low;
    }

    long high() {
        return high;
    }

    /// What is left after the whole words, and the length in the topmost byte.
    private static long lastWord(byte[] bytes, int tail, int end, int length) {
        long word = (long) length << 56;
        if (tail == end) {
            return word;
        }
        if (length > Long.BYTES) { // Of the last eight bytes, those that are not yet absorbed.
            long last = (long) LONGS.get(bytes, end - Long.BYTES);
            return word | (last >>> (Byte.SIZE * (tail + Long.BYTES - end)));
        }
        for (int i = tail; i < end; i++) {
            word |= (bytes[i] & 0xffL) << ((i - tail) << 3);
        }
        return word;
    }

    private void absorb(long word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }

    private void rounds(int count) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        for (int i = 0; i < count; i++) {
            a += b;
            b = Long.rotateLeft(b, 13) ^ a;
            a = Long.rotateLeft(a, 32);
            c += d;
            d = Long.rotateLeft(d, 16) ^ c;
            a += d;
            d = Long.rotateLeft(d, 21) ^ a;
            c += b;
            b = Long.rotateLeft(b, 17) ^ c;
            c = Long.rotateLeft(c, 32);
        }
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
    }
}
