package io.moldau.metadata;

import io.moldau.metadata.Outcome.Refused;
import io.moldau.metadata.placement.LeaderChoice;
import io.moldau.metadata.placement.ReplicaPlacement;
import io.moldau.metadata.placement.ReplicaPlacement.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Turns assignments, placed or given by hand, into partitions; or says why it cannot be.
final class Assignments {
    private Assignments() {}

    static boolean isEligible(int nodeId, ClusterImage image) {
        var node = image.node(nodeId);
        return node != null && node.eligible();
    }

    /// Nodes for new replicas: those alive, and the others too where these are too few.
    private static List<Candidate> candidates(int replicationFactor, ClusterImage image) {
        var eligible = new ArrayList<Candidate>();
        var all = new ArrayList<Candidate>();
        for (var node : image.nodes().values()) {
            var candidate = new Candidate(node.id(), node.rack());
            all.add(candidate);
            if (node.eligible()) {
                eligible.add(candidate);
            }
        }
        return eligible.size() >= replicationFactor ? eligible : all;
    }

    static @Nullable Refused tooMany(int newPartitions) {
        return newPartitions <= TopicDecisions.MAX_NEW_PARTITIONS
                ? null
                : new Refused(
                        Errors.POLICY_VIOLATION,
                        "%d new partitions are more than the %d that one request may ask for."
                                .formatted(newPartitions, TopicDecisions.MAX_NEW_PARTITIONS));
    }

    static @Nullable Refused placementRefusal(
            int partitionCount, int replicationFactor, ClusterImage image) {
        int registered = image.nodes().size();
        if (replicationFactor > registered) {
            return new Refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    ("Unable to replicate the partition %d time(s): The target replication factor of"
                                    + " %d cannot be reached because only %d broker(s) are"
                                    + " registered.")
                            .formatted(replicationFactor, replicationFactor, registered));
        }
        return image.nodes().values().stream().anyMatch(NodeImage::eligible)
                ? null
                : new Refused(
                        Errors.INVALID_REPLICATION_FACTOR,
                        ("Unable to replicate the partition %d time(s): All brokers are"
                                        + " currently fenced.")
                                .formatted(replicationFactor));
    }

    static List<PartitionImage> placed(
            int firstPartition,
            int partitionCount,
            int replicationFactor,
            long seed,
            ClusterImage image) {
        var placed =
                ReplicaPlacement.place(
                        candidates(replicationFactor, image),
                        firstPartition,
                        partitionCount,
                        replicationFactor,
                        seed);
        return given(withSomeoneAlive(placed, image), image);
    }

    /// Where only dead nodes were taken, the last one makes room for a live one.
    private static List<List<Integer>> withSomeoneAlive(
            List<List<Integer>> placed, ClusterImage image) {
        var live = image.nodes().values().stream().filter(NodeImage::eligible).toList();
        var assignment = new ArrayList<List<Integer>>(placed.size());
        for (var replicas : placed) {
            if (replicas.stream().noneMatch(id -> isEligible(id, image))) {
                var mended = new ArrayList<>(replicas.subList(0, replicas.size() - 1));
                mended.add(live.get(assignment.size() % live.size()).id());
                assignment.add(List.copyOf(mended));
            } else {
                assignment.add(replicas);
            }
        }
        return assignment;
    }

    /// @param replicationFactor that every partition must have, or 0 to take the first one's
    static @Nullable Refused refusal(
            List<List<Integer>> assignment, ClusterImage image, int replicationFactor) {
        int expected = replicationFactor == 0 ? assignment.getFirst().size() : replicationFactor;
        for (var replicas : assignment) {
            var fact = wrongIn(replicas, expected, image);
            if (fact != null) {
                return new Refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment " + fact);
            }
        }
        return null;
    }

    private static @Nullable String wrongIn(
            List<Integer> replicas, int expected, ClusterImage image) {
        if (replicas.isEmpty()) {
            return "includes an empty replica list.";
        }
        if (replicas.size() != expected) {
            return "includes a partition with %d replica(s), where %d are expected."
                    .formatted(replicas.size(), expected);
        }
        if (new HashSet<>(replicas).size() != replicas.size()) {
            return "names a broker more than once: %s.".formatted(replicas);
        }
        for (int id : replicas) {
            if (image.node(id) == null) {
                return "includes broker %d, but no such broker is registered.".formatted(id);
            }
        }
        for (int id : replicas) {
            if (isEligible(id, image)) {
                return null;
            }
        }
        return "names only brokers that are not alive: %s.".formatted(replicas);
    }

    /// A partition starts with all its live replicas in sync; at least one is.
    static List<PartitionImage> given(List<List<Integer>> assignment, ClusterImage image) {
        var partitions = new PartitionImage[assignment.size()];
        for (int i = 0; i < partitions.length; i++) {
            var replicas = List.copyOf(assignment.get(i));
            var isr = isrOf(replicas, image);
            int leader =
                    LeaderChoice.leader(replicas, isr, id -> isEligible(id, image))
                            .orElse(PartitionImage.NO_LEADER);
            partitions[i] = PartitionImage.created(leader, replicas, isr);
        }
        return List.of(partitions);
    }

    /// The replicas' own list where all are alive: most partitions need no second one.
    private static List<Integer> isrOf(List<Integer> replicas, ClusterImage image) {
        for (int id : replicas) {
            if (!isEligible(id, image)) {
                return replicas.stream().filter(other -> isEligible(other, image)).toList();
            }
        }
        return replicas;
    }
}
