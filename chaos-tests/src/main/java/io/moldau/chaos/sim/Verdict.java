package io.moldau.chaos.sim;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import java.util.Map;

/// What came of one seed.
///
/// @param failure `null` if all promises were kept
/// @param traceHash the same for the same seed on the same commit
/// @param acknowledgedCommits how often a group's member was told that its offsets are committed
/// @param takeovers how often a node began to coordinate a group
/// @param struck how often each fault has struck
/// @param trace what happened, line by line; empty unless asked for
public record Verdict(
        Mix mix,
        String failure,
        long traceHash,
        long events,
        int acknowledgedRecords,
        long acknowledgedCommits,
        long takeovers,
        int reigns,
        long virtualMs,
        Map<Fault, Long> struck,
        String trace) {
    public boolean failed() {
        return failure != null;
    }
}
