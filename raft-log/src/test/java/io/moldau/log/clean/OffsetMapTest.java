package io.moldau.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
    private static final KeyHash HASH = KeyHash.seeded(7);

    private static long low(int number) {
        var key = ("key-" + number).getBytes(StandardCharsets.UTF_8);
        return HASH.low(key, 0, key.length);
    }

    private static boolean put(OffsetMap map, int number, long offset) {
        return map.put(low(number), HASH.high(), offset);
    }

    private static long get(OffsetMap map, int number) {
        return map.get(low(number), HASH.high());
    }

    @Property(tries = 100)
    void knowsWhatAHashMapWouldKnow(
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 150) Integer> keys) {
        var map = new OffsetMap(151, 1 << 20, 0.9);
        var dull = new HashMap<Integer, Long>();

        for (int i = 0; i < keys.size(); i++) {
            assertThat(put(map, keys.get(i), i)).isTrue();
            dull.put(keys.get(i), (long) i);
        }

        assertThat(map.size()).isEqualTo(dull.size());
        for (int key = 0; key <= 150; key++) {
            assertThat(get(map, key)).isEqualTo(dull.getOrDefault(key, -1L));
        }
    }

    @Test
    void refusesAKeyBeyondItsMemoryAndKeepsTheOthers() {
        // given: room for 24 bytes each, of which 9 in 10 may be taken
        var map = new OffsetMap(1_000_000, 100 * OffsetMap.SLOT_BYTES, 0.9);

        // when
        int taken = 0;
        while (put(map, taken, taken)) {
            taken++;
        }

        // then
        assertThat(taken).isEqualTo(90);
        assertThat(map.sizeBytes()).isEqualTo(100 * OffsetMap.SLOT_BYTES);
        assertThat(get(map, 89)).isEqualTo(89);
        assertThat(get(map, 90)).isEqualTo(-1);
        assertThat(put(map, 5, 1_000)).as("a key that it has").isTrue();
        assertThat(map.lastOffset()).isEqualTo(1_000);
    }

    @Test
    void takesNoMoreMemoryThanTheKeysNeed() {
        assertThat(new OffsetMap(1_000, 128 << 20, 0.9).sizeBytes()).isLessThan(30_000);
    }
}
