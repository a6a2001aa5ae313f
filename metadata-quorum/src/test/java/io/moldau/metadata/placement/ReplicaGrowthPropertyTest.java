package io.moldau.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.placement.ReplicaPlacement.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ReplicaGrowthPropertyTest {
    private static List<Candidate> nodes(int count, int racks) {
        var nodes = new ArrayList<Candidate>();
        for (int id = 1; id <= count; id++) {
            nodes.add(new Candidate(id, "r" + id % racks));
        }
        return nodes;
    }

    /// Grown from one node to more, everyone keeps what they had, and no node gets much more than
    /// another.
    @Property(tries = 200)
    void keepsWhatIsThereAndSpreadsTheRest(
            @ForAll @IntRange(min = 3, max = 8) int nodeCount,
            @ForAll @IntRange(min = 1, max = 3) int racks,
            @ForAll @IntRange(min = 1, max = 50) int partitions,
            @ForAll long seed) {
        var present = ReplicaPlacement.place(nodes(1, 1), 0, partitions, 1, seed);

        var grown = ReplicaGrowth.grown(present, nodes(nodeCount, racks), 3);

        Map<Integer, Integer> firsts = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            assertThat(grown.get(i)).hasSize(3).doesNotHaveDuplicates();
            assertThat(grown.get(i)).containsAll(present.get(i));
            var used = new HashSet<Integer>();
            grown.get(i).forEach(id -> used.add(id % racks));
            assertThat(used).hasSize(racks);
            firsts.merge(grown.get(i).getFirst(), 1, Integer::sum);
        }
        int most = firsts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        assertThat(most).isLessThanOrEqualTo(partitions / 3 + 2);
    }

    @Property(tries = 100)
    void leavesWhatIsLargeEnough(@ForAll @IntRange(min = 3, max = 6) int nodeCount) {
        var present = ReplicaPlacement.place(nodes(nodeCount, 1), 0, 12, 3, 5);

        var grown = ReplicaGrowth.grown(present, nodes(nodeCount, 1), 2);

        for (int i = 0; i < 12; i++) {
            assertThat(grown.get(i)).containsExactlyInAnyOrderElementsOf(present.get(i));
        }
    }
}
