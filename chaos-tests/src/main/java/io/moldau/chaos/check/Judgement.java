package io.moldau.chaos.check;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a history shows.
///
/// @param anomalies with excerpts, the first few of each kind
/// @param counts how many of each kind there are, by label; kinds without one are left out
/// @param operations by `:f` and then by the type of their end: `ok`, `fail`, `info`
/// @param acknowledgedRecords whose offset was told
/// @param readRecords different ones that some consumer got
/// @param unseen acknowledged, and got by nobody until the end
/// @param waits how long partitions took no record, longest first
/// @param recoveries for each fault
public record Judgement(
        List<Anomaly> anomalies,
        Map<String, Long> counts,
        Map<String, Map<String, Long>> operations,
        long acknowledgedRecords,
        long readRecords,
        long unseen,
        List<Wait> waits,
        List<Recovery> recoveries) {
    public Judgement {
        anomalies = List.copyOf(anomalies);
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        operations = Collections.unmodifiableMap(new TreeMap<>(operations));
        waits = List.copyOf(waits);
        recoveries = List.copyOf(recoveries);
    }

    /// How long it took after this part of the faults, at most.
    ///
    /// @param part such as 0.99; those that nothing recovered from are left out
    /// @return 0 when there were none
    public long recoveryNanos(double part) {
        var sorted =
                recoveries.stream()
                        .mapToLong(Recovery::nanos)
                        .filter(nanos -> nanos != Recovery.NEVER)
                        .sorted()
                        .toArray();
        return sorted.length == 0
                ? 0
                : sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }

    /// A time in which a partition was sent records and acknowledged none.
    ///
    /// @param key the history's number of the partition
    public record Wait(long key, long fromNanos, long toNanos) {
        public long nanos() {
            return toNanos - fromNanos;
        }
    }

    /// From a fault's beginning until every partition has acknowledged a record that was sent after
    /// it.
    ///
    /// @param fault its place in the list of faults
    /// @param nanos [#NEVER] when that did not happen before the history ended
    public record Recovery(int fault, long nanos) {
        public static final long NEVER = -1;
    }
}
