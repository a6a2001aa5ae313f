package io.moldau.chaos.sim;

import java.util.Map;

/// What came of one seed.
///
/// @param failure `null` if all promises were kept
/// @param traceHash the same for the same seed on the same commit
/// @param struck how often each fault has struck
/// @param trace what happened, line by line; empty unless asked for
public record Verdict(
        Mix mix,
        String failure,
        long traceHash,
        long events,
        int acknowledgedRecords,
        int reigns,
        long virtualMs,
        Map<Fault, Long> struck,
        String trace) {
    public boolean failed() {
        return failure != null;
    }
}
