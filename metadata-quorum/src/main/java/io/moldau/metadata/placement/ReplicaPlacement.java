package io.moldau.metadata.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Places the replicas of new partitions.
///
/// Nodes are put into a ring that changes racks as often as it can. Partition p is led by the p-th
/// node of the ring; its other replicas are the next ones, first those in racks that it does not
/// use yet. Each time around the ring they start one node further on, so that the partitions of a
/// lost leader do not all fall to one neighbour.
///
/// So leaders are spread evenly to within one; a partition touches as many racks as it can; and the
/// same seed gives the same placement on every node.
public final class ReplicaPlacement {
    /// A node that may take replicas.
    ///
    /// @param rack `null` when it was given none; such nodes count as one rack
    public record Candidate(int id, @Nullable String rack) {}

    private final List<Candidate> ring;

    private ReplicaPlacement(List<Candidate> ring) {
        this.ring = ring;
    }

    /// @param candidates in any order; never fewer than `replicationFactor`
    /// @param firstPartition number of the first partition to place: those before keep their place
    /// @return replicas of each partition, the one to lead first
    public static List<List<Integer>> place(
            List<Candidate> candidates,
            int firstPartition,
            int partitionCount,
            int replicationFactor,
            long seed) {
        if (replicationFactor < 1 || replicationFactor > candidates.size()) {
            throw new IllegalArgumentException(
                    replicationFactor + " replicas on " + candidates.size() + " nodes");
        }
        var luck = new Random(seed); // Its algorithm is part of its contract: equal on every JVM.
        var placement = new ReplicaPlacement(ringOf(candidates, luck));
        int start = luck.nextInt(candidates.size());

        var assignment = new ArrayList<List<Integer>>(partitionCount);
        for (int i = 0; i < partitionCount; i++) {
            assignment.add(placement.replicas(start + firstPartition + i, replicationFactor));
        }
        return assignment;
    }

    /// Takes a node of each rack in turn until none is left.
    private static List<Candidate> ringOf(List<Candidate> candidates, Random luck) {
        var byId = new TreeMap<Integer, Candidate>();
        candidates.forEach(candidate -> byId.put(candidate.id(), candidate));
        var racks = new TreeMap<String, List<Candidate>>();
        for (var candidate : byId.values()) {
            racks.computeIfAbsent(rackOf(candidate), _ -> new ArrayList<>()).add(candidate);
        }
        var queues = new ArrayList<>(racks.values());
        Collections.shuffle(queues, luck);
        queues.forEach(nodes -> Collections.shuffle(nodes, luck));

        var ring = new ArrayList<Candidate>(candidates.size());
        for (int round = 0; ring.size() < byId.size(); round++) {
            for (var nodes : queues) {
                if (round < nodes.size()) {
                    ring.add(nodes.get(round));
                }
            }
        }
        return ring;
    }

    private List<Integer> replicas(int position, int replicationFactor) {
        int size = ring.size();
        int first = Math.floorMod(position, size);
        if (replicationFactor == 1) {
            return List.of(ring.get(first).id());
        }
        int shift = 1 + Math.floorMod(Math.floorDiv(position, size), size - 1);
        var chosen = new ArrayList<Integer>(replicationFactor);
        var racks = new HashSet<String>();
        chosen.add(ring.get(first).id());
        racks.add(rackOf(ring.get(first)));
        take(first, shift, replicationFactor, chosen, racks);
        take(first, shift, replicationFactor, chosen, null);
        return List.copyOf(chosen);
    }

    /// Goes once around the ring, leaving out racks that are used already; `null` to use any.
    private void take(
            int first, int shift, int wanted, List<Integer> chosen, @Nullable Set<String> racks) {
        int others = ring.size() - 1;
        for (int i = 0; i < others && chosen.size() < wanted; i++) {
            var next = ring.get((first + 1 + (shift - 1 + i) % others) % ring.size());
            if (!chosen.contains(next.id()) && (racks == null || racks.add(rackOf(next)))) {
                chosen.add(next.id());
            }
        }
    }

    private static String rackOf(Candidate candidate) {
        return candidate.rack() == null ? "" : candidate.rack();
    }
}
