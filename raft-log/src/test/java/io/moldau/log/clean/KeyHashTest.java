package io.moldau.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
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
}
