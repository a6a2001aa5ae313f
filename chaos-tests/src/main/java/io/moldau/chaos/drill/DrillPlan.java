package io.moldau.chaos.drill;

import io.moldau.chaos.fault.FaultKind;
import io.moldau.chaos.run.ForeignNodes;
import io.moldau.chaos.workload.WorkloadKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is asked of a run.
///
/// @param nodes how many of our own to start, where there is no target
/// @param lasts how long faults are done; starting, healing and reading back come on top
/// @param recordsPerSecond of all producers together, at most
/// @param out folder for the history, the report, and our own nodes
/// @param keepsData whether the nodes' folders stay when nothing was found
/// @param executable whose processes our own nodes are
/// @param overrides settings of our own nodes, `key=value`
/// @param replay the command line that plans the same again
public record DrillPlan(
        int nodes,
        Duration lasts,
        int recordsPerSecond,
        int topics,
        int partitions,
        long seed,
        Set<FaultKind> faults,
        Set<WorkloadKind> workloads,
        Path out,
        boolean keepsData,
        Path executable,
        List<String> overrides,
        Optional<Target> target,
        String replay) {
    public DrillPlan {
        faults = Set.copyOf(faults);
        workloads = Set.copyOf(workloads);
        overrides = List.copyOf(overrides);
    }

    /// A cluster that is not ours.
    ///
    /// @param name such as `Apache Kafka 4.3.1`
    /// @param commands by which its nodes are ended and started
    public record Target(String name, String bootstrap, Map<ForeignNodes.Verb, String> commands) {
        public Target {
            commands = Map.copyOf(commands);
        }
    }
}
