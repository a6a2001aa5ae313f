package io.moldau.chaos.workload;

import io.moldau.chaos.timeline.LoadSample;
import java.nio.file.Path;
import java.util.List;

/// What the clients of a run leave behind.
///
/// @param history what producers and consumers saw, one EDN map a line
/// @param metadataHistory what admins saw, the same; no operations in it when none were asked for
/// @param seconds one sample for each second
/// @param skipped what was asked for and could not be done, each with its reason
/// @param readToTheEnd whether the last read got to the last acknowledged offset of every partition
public record WorkloadResult(
        Path history,
        Path metadataHistory,
        List<LoadSample> seconds,
        List<String> skipped,
        boolean readToTheEnd) {
    public WorkloadResult {
        seconds = List.copyOf(seconds);
        skipped = List.copyOf(skipped);
    }
}
