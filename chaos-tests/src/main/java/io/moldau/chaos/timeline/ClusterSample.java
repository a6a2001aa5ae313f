package io.moldau.chaos.timeline;

import java.util.List;

/// Who led at a moment, and who was in sync.
///
/// @param nanos by the run's clock
/// @param controllerId -1 when nobody knew
/// @param partitions those of the workloads' topics
public record ClusterSample(long nanos, int controllerId, List<PartitionSample> partitions) {
    public ClusterSample {
        partitions = List.copyOf(partitions);
    }

    /// @param name such as `chaos-0-3`
    /// @param leaderId -1 when it had none
    /// @param isr node ids
    /// @param replicas node ids
    public record PartitionSample(
            String name, int leaderId, List<Integer> isr, List<Integer> replicas) {
        public PartitionSample {
            isr = List.copyOf(isr);
            replicas = List.copyOf(replicas);
        }
    }
}
