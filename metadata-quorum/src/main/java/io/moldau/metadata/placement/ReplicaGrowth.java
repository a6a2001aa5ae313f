package io.moldau.metadata.placement;

import io.moldau.metadata.placement.ReplicaPlacement.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Gives partitions that exist more replicas. Those that they have stay, so that nothing is copied
/// but to the new ones; who is preferred as leader is dealt out anew.
public final class ReplicaGrowth {
    private final List<Candidate> candidates;
    private final Map<Integer, @Nullable String> racks = new HashMap<>();
    private final Map<Integer, Integer> kept = new HashMap<>();
    private final Map<Integer, Integer> preferred = new HashMap<>();

    private ReplicaGrowth(List<Candidate> candidates) {
        this.candidates = candidates;
        candidates.forEach(candidate -> racks.put(candidate.id(), candidate.rack()));
    }

    /// @param present replicas by partition
    /// @param candidates nodes that may take replicas; no fewer than `replicationFactor`
    /// @return replicas by partition, each `replicationFactor` of them or as many as it had
    public static List<List<Integer>> grown(
            List<List<Integer>> present, List<Candidate> candidates, int replicationFactor) {
        var growth = new ReplicaGrowth(candidates);
        present.forEach(replicas -> replicas.forEach(id -> growth.kept.merge(id, 1, Integer::sum)));
        var grown = new ArrayList<List<Integer>>(present.size());
        for (var replicas : present) {
            grown.add(growth.ledInTurn(growth.enlarged(replicas, replicationFactor)));
        }
        return List.copyOf(grown);
    }

    private List<Integer> enlarged(List<Integer> replicas, int replicationFactor) {
        var all = new ArrayList<>(replicas);
        while (all.size() < replicationFactor) {
            var next =
                    candidates.stream()
                            .filter(candidate -> !all.contains(candidate.id()))
                            .min(
                                    Comparator.comparing((Candidate candidate) ->
                                                    usesRack(all, candidate.rack()))
                                            .thenComparing(c -> kept.getOrDefault(c.id(), 0))
                                            .thenComparingInt(Candidate::id));
            if (next.isEmpty()) {
                break;
            }
            all.add(next.get().id());
            kept.merge(next.get().id(), 1, Integer::sum);
        }
        return all;
    }

    private boolean usesRack(List<Integer> replicas, @Nullable String rack) {
        var used = new HashSet<String>();
        replicas.forEach(id -> used.add(Objects.requireNonNullElse(racks.get(id), "")));
        return used.contains(Objects.requireNonNullElse(rack, ""));
    }

    /// Whoever is preferred least often so far comes first.
    private List<Integer> ledInTurn(List<Integer> replicas) {
        int first =
                replicas.stream()
                        .min(
                                Comparator.comparing((Integer id) -> preferred.getOrDefault(id, 0))
                                        .thenComparingInt(replicas::indexOf))
                        .orElseThrow();
        preferred.merge(first, 1, Integer::sum);
        var ordered = new ArrayList<>(replicas);
        ordered.remove(Integer.valueOf(first));
        ordered.addFirst(first);
        return List.copyOf(ordered);
    }
}
