package io.moldau.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PrimitivesPropertyTest {
    /// What a map with boxes keeps, these keep without them.
    @Property(tries = 200)
    void keepWhatAMapKeeps(@ForAll("places") List<Long> places) {
        // given
        Map<Long, Long> boxed = new HashMap<>();
        var map = new LongMap();
        var paged = new PagedLongs();

        // when
        for (int i = 0; i < places.size(); i++) {
            boxed.put(places.get(i), (long) i);
            map.put(places.get(i), i);
            paged.put(places.get(i), i);
        }

        // then
        for (long place : places) {
            assertThat(map.get(place)).isEqualTo(boxed.get(place));
            assertThat(paged.get(place)).isEqualTo(boxed.get(place));
        }
        assertThat(map.get(12_345)).isEqualTo(boxed.getOrDefault(12_345L, LongMap.ABSENT));
        assertThat(paged.get(12_345)).isEqualTo(boxed.getOrDefault(12_345L, PagedLongs.ABSENT));
    }

    /// Marks add up, and every marked place is shown once.
    @Property(tries = 200)
    void marksAddUp(@ForAll("places") List<Long> places) {
        // given
        Map<Long, Integer> boxed = new TreeMap<>();
        var marks = new PagedMarks();

        // when
        for (int i = 0; i < places.size(); i++) {
            int mark = 1 << i % 7;
            int before = boxed.getOrDefault(places.get(i), 0);
            assertThat(marks.add(places.get(i), mark)).isEqualTo(before);
            boxed.put(places.get(i), before | mark);
        }

        // then
        var shown = new ArrayList<Long>();
        marks.forEach((index, found) -> {
            shown.add(index);
            assertThat(found).isEqualTo(boxed.get(index));
        });
        assertThat(shown).containsExactlyInAnyOrderElementsOf(boxed.keySet());
    }

    @Provide
    Arbitrary<List<Long>> places() {
        var near = Arbitraries.longs().between(0, 20_000);
        return Arbitraries.oneOf(near, near, Arbitraries.longs()).list().ofMaxSize(60);
    }
}
