package io.moldau.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {
    /// From the reference implementation: the key is 00 01 … 0f, the input 00 01 … length-1.
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4",
        "3, 9c70b60c5267a94e5f33b6b02985ed51",
    })
    void isSipHashWith128Bits(int length, String expected) {
        var input = new byte[length + 5];
        for (int i = 0; i < length; i++) {
            input[i + 5] = (byte) i;
        }
        var hash = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

        long low = hash.low(input, 5, length);

        var bytes =
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(low)
                        .putLong(hash.high());
        assertThat(HexFormat.of().formatHex(bytes.array())).isEqualTo(expected);
    }

    /// As the paper has it, a byte at a time.
    private static final class Dull {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        private void rounds(int count) {
            for (int i = 0; i < count; i++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
        }

        private long low(long k0, long k1, byte[] input) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
            var padded = new byte[input.length / 8 * 8 + 8];
            System.arraycopy(input, 0, padded, 0, input.length);
            padded[padded.length - 1] = (byte) input.length;
            var words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
            while (words.hasRemaining()) {
                long word = words.getLong();
                v3 ^= word;
                rounds(2);
                v0 ^= word;
            }
            v2 ^= 0xee;
            rounds(4);
            return v0 ^ v1 ^ v2 ^ v3;
        }
    }

    @Property(tries = 300)
    void isThatOfThePaperWhereverTheKeyLies(
            @ForAll @Size(max = 40) byte[] key,
            @ForAll @IntRange(max = 9) int before,
            @ForAll @IntRange(max = 9) int behind,
            @ForAll long k0,
            @ForAll long k1) {
        var bytes = new byte[before + key.length + behind];
        Arrays.fill(bytes, (byte) 0x5a);
        System.arraycopy(key, 0, bytes, before, key.length);

        long low = new KeyHash(k0, k1).low(bytes, before, key.length);

        assertThat(low).isEqualTo(new Dull().low(k0, k1, key));
    }
}
