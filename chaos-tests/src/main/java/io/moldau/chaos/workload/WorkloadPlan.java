package io.moldau.chaos.workload;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// What the clients of a run begin with.
///
/// @param bootstrap addresses as clients take them
/// @param folder where the histories are written; exists
/// @param seed decides what every client does, though not when the cluster answers
/// @param recordsPerSecond of all producers together, at most
/// @param topics how many topics with records
/// @param partitions of each
/// @param replicationFactor of each
/// @param topicSettings of each, such as `min.insync.replicas`
public record WorkloadPlan(
        String bootstrap,
        Path folder,
        long seed,
        int recordsPerSecond,
        int topics,
        int partitions,
        short replicationFactor,
        Map<String, String> topicSettings,
        Set<WorkloadKind> kinds) {
    public WorkloadPlan {
        topicSettings = Map.copyOf(topicSettings);
        kinds = Set.copyOf(kinds);
    }
}
