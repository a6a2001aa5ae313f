package io.moldau.chaos.report;

import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.timeline.FaultSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How often each kind of fault struck whom, and how long it took to recover.
final class FaultTable {
    private static final int TARGETS_SHOWN = 6;

    private FaultTable() {}

    /// @param targets whom it struck, and how often each
    /// @param recovered whether anything recovered from it, so that the times mean something
    record Row(
            String kind,
            String targets,
            long times,
            boolean recovered,
            long p50Nanos,
            long maxNanos) {}

    static List<Row> of(RunReport report) {
        var byKind = new TreeMap<String, List<Integer>>();
        for (int i = 0; i < report.faults().size(); i++) {
            byKind.computeIfAbsent(report.faults().get(i).kind(), _ -> new ArrayList<>()).add(i);
        }
        var nanos = new HashMap<Integer, Long>();
        for (var recovery : report.judgement().recoveries()) {
            if (recovery.nanos() != Recovery.NEVER) {
                nanos.put(recovery.fault(), recovery.nanos());
            }
        }
        return byKind.entrySet().stream()
                .map(entry -> row(report, entry.getKey(), entry.getValue(), nanos))
                .toList();
    }

    private static Row row(
            RunReport report, String kind, List<Integer> faults, Map<Integer, Long> nanos) {
        var times = faults.stream().filter(nanos::containsKey).map(nanos::get).sorted().toList();
        return new Row(
                kind,
                targets(faults.stream().map(report.faults()::get).toList()),
                faults.size(),
                !times.isEmpty(),
                times.isEmpty() ? 0 : times.get((times.size() - 1) / 2),
                times.isEmpty() ? 0 : times.getLast());
    }

    private static String targets(List<FaultSpan> faults) {
        var counts =
                faults.stream()
                        .collect(
                                Collectors.groupingBy(
                                        FaultSpan::target, TreeMap::new, Collectors.counting()));
        var shown =
                counts.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .limit(TARGETS_SHOWN)
                        .map(entry -> entry.getKey() + " ×" + entry.getValue())
                        .collect(Collectors.joining(", "));
        int more = counts.size() - TARGETS_SHOWN;
        return more > 0 ? shown + " and %d more".formatted(more) : shown;
    }
}
