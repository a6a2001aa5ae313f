package io.moldau.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// A search that guesses finds what a sorted map finds, however unevenly the keys rise.
class IndexSearchPropertyTest {
    private static final Path FOLDER = Path.of("/index");
    private static final long BASE = 1_000;

    @Provide
    Arbitrary<List<Integer>> steps() {
        var even = Arbitraries.integers().between(90, 110);
        var uneven =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 100_000));
        return Arbitraries.oneOf(
                even.list().ofMinSize(0).ofMaxSize(3_000),
                uneven.list().ofMinSize(0).ofMaxSize(3_000));
    }

    @Property(tries = 100)
    void findsWhatASortedMapFinds(
            @ForAll("steps") List<Integer> steps,
            @ForAll List<@IntRange(min = -5, max = 400_000) Integer> asked,
            @ForAll boolean cut) {
        var disk = new SimDisk(1);
        disk.createDirectories(FOLDER);
        var file =
                new PooledFile(disk, new FilePool(4), FOLDER, BASE, SegmentNames.OFFSET_INDEX, "");
        var index = new OffsetIndex(file, BASE);
        index.file().begin();
        var expected = new TreeMap<Long, Integer>();
        long offset = BASE;
        for (int i = 0; i < steps.size(); i++) {
            offset += steps.get(i);
            index.add(offset, i * 4096);
            expected.put(offset, i);
        }
        if (cut && !expected.isEmpty()) { // What was believed of the last entry is no longer true.
            assertThat(index.floor(Long.MAX_VALUE)).isEqualTo(steps.size() - 1);
            index.truncateToPosition((steps.size() - 1) * 4096);
            expected.pollLastEntry();
            index.add(offset + 7, steps.size() * 4096);
            expected.put(offset + 7, steps.size() - 1);
        }

        for (int ask : asked) {
            var floor = expected.floorEntry(BASE + ask);
            assertThat(index.floor(BASE + ask)).isEqualTo(floor == null ? -1 : floor.getValue());
        }
        for (var entry : expected.entrySet()) {
            assertThat(index.floor(entry.getKey())).isEqualTo(entry.getValue());
        }
    }
}
