package io.moldau.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.placement.ReplicaPlacement.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ReplicaPlacementPropertyTest {
    private static List<Candidate> nodes(int count, int racks) {
        var nodes = new ArrayList<Candidate>();
        for (int id = 0; id < count; id++) {
            nodes.add(new Candidate(id, racks == 0 ? null : "rack-" + id % racks));
        }
        return nodes;
    }

    /// Every partition gets as many different nodes as asked, in as many racks as can be.
    @Property(tries = 200)
    void spreadsEachPartitionOverNodesAndRacks(
            @ForAll @IntRange(min = 1, max = 12) int nodeCount,
            @ForAll @IntRange(max = 4) int racks,
            @ForAll @IntRange(min = 1, max = 5) int wanted,
            @ForAll long seed) {
        int replicationFactor = Math.min(wanted, nodeCount);
        int rackCount = racks == 0 ? 1 : Math.min(racks, nodeCount);

        var placed =
                ReplicaPlacement.place(nodes(nodeCount, racks), 0, 40, replicationFactor, seed);

        assertThat(placed).hasSize(40);
        for (var replicas : placed) {
            assertThat(replicas).hasSize(replicationFactor).doesNotHaveDuplicates();
            var used = new HashSet<Integer>();
            replicas.forEach(id -> used.add(racks == 0 ? 0 : id % racks));
            assertThat(used).hasSize(Math.min(rackCount, replicationFactor));
        }
    }

    /// No node leads two partitions more than another.
    @Property(tries = 200)
    void spreadsLeadersEvenly(
            @ForAll @IntRange(min = 1, max = 12) int nodeCount,
            @ForAll @IntRange(min = 1, max = 200) int partitions,
            @ForAll long seed) {
        Map<Integer, Integer> led = new HashMap<>();
        nodes(nodeCount, 0).forEach(node -> led.put(node.id(), 0));

        ReplicaPlacement.place(nodes(nodeCount, 0), 0, partitions, 1, seed)
                .forEach(replicas -> led.merge(replicas.getFirst(), 1, Integer::sum));

        assertThat(Collections.max(led.values()) - Collections.min(led.values()))
                .isLessThanOrEqualTo(1);
    }

    /// In whatever order the nodes are named, the same seed gives the same placement.
    @Property(tries = 100)
    void dependsOnTheSeedAlone(
            @ForAll @IntRange(min = 1, max = 9) int nodeCount, @ForAll long seed) {
        var shuffled = nodes(nodeCount, 3);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(ReplicaPlacement.place(shuffled, 0, 20, 1, seed))
                .isEqualTo(ReplicaPlacement.place(nodes(nodeCount, 3), 0, 20, 1, seed));
    }
}
