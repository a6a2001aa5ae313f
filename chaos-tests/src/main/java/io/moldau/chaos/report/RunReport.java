package io.moldau.chaos.report;

import io.moldau.chaos.check.Judgement;
import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.LoadSample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Everything that a report tells.
///
/// @param faults in the order of their beginnings
/// @param cluster in the order of time
/// @param load one for each second
/// @param judgement of the history, with what was lost and how long clients waited
/// @param problems why the run did not do what it planned, other than anomalies; empty when it did
public record RunReport(
        Facts facts,
        List<FaultSpan> faults,
        List<ClusterSample> cluster,
        List<LoadSample> load,
        Judgement judgement,
        List<String> problems) {
    public RunReport {
        faults = List.copyOf(faults);
        cluster = List.copyOf(cluster);
        load = List.copyOf(load);
        problems = List.copyOf(problems);
    }

    /// Whether nothing was found, and the run did what it planned.
    public boolean passed() {
        return judgement.anomalies().isEmpty() && problems.isEmpty();
    }

    /// What was run.
    ///
    /// @param broker such as `Moldau 0.1.0` or `Apache Kafka 4.3.1`
    /// @param took from the first client's start to the end of the last read
    /// @param replay the command line that plans the same again
    /// @param skipped what was asked for and could not be done, each with its reason
    public record Facts(
            String broker,
            long seed,
            int nodes,
            Instant began,
            Duration took,
            String replay,
            List<String> workloads,
            List<String> skipped) {
        public Facts {
            workloads = List.copyOf(workloads);
            skipped = List.copyOf(skipped);
        }
    }
}
