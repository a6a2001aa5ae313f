package io.moldau.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class LatenciesTest {
    /// Sorting all of them gives the same, but for an eighth.
    @Property(tries = 200)
    void quantilesAreAnEighthTooLowAtMost(
            @ForAll @Size(min = 1, max = 200) List<@LongRange(max = 100_000_000) Long> times) {
        // given
        var micros = times.stream().mapToLong(Long::longValue).toArray();
        var latencies = new Latencies();
        Arrays.stream(micros).forEach(latencies::add);

        // when
        var taken = latencies.take();

        // then
        var sorted = micros.clone();
        Arrays.sort(sorted);
        assertIsNear(taken[0], sorted[(int) Math.ceil(sorted.length * 0.5) - 1]);
        assertIsNear(taken[1], sorted[(int) Math.ceil(sorted.length * 0.99) - 1]);
        assertIsNear(taken[2], sorted[sorted.length - 1]);
    }

    private static void assertIsNear(long taken, long exact) {
        assertThat(taken).isBetween(exact - exact / 8 - 1, exact);
    }
}
