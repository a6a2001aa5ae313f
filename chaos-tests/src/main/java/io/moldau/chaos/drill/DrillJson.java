package io.moldau.chaos.drill;

import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.timeline.FaultSpan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What came of a run, for programs: one line.
final class DrillJson {
    private DrillJson() {}

    static String of(Drill.Result result) {
        var report = result.report();
        var facts = report.facts();
        var judgement = report.judgement();
        var fields = new LinkedHashMap<String, String>();
        fields.put("broker", text(facts.broker()));
        fields.put("seed", Long.toString(facts.seed()));
        fields.put("nodes", Integer.toString(facts.nodes()));
        fields.put("seconds", Long.toString(facts.took().toSeconds()));
        fields.put("passed", Boolean.toString(report.passed()));
        fields.put("faults", counts(byKind(report.faults())));
        fields.put(
                "operations",
                judgement.operations().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> text(entry.getKey()) + ":" + counts(entry.getValue()))
                        .collect(Collectors.joining(",", "{", "}")));
        fields.put("acknowledged", Long.toString(judgement.acknowledgedRecords()));
        fields.put("read", Long.toString(judgement.readRecords()));
        fields.put("unseen", Long.toString(judgement.unseen()));
        fields.put("anomalies", counts(judgement.counts()));
        fields.put(
                "worstUnavailabilityS",
                seconds(judgement.waits().stream().mapToLong(Wait::nanos).max().orElse(0)));
        fields.put("recoveryP50S", seconds(judgement.recoveryNanos(0.5)));
        fields.put("recoveryP99S", seconds(judgement.recoveryNanos(0.99)));
        fields.put("recoveryMaxS", seconds(judgement.recoveryNanos(1)));
        fields.put("wholeAgain", text(result.recoveries()));
        fields.put("problems", list(report.problems()));
        fields.put("skipped", list(facts.skipped()));
        fields.put("replay", text(facts.replay()));
        return fields.entrySet().stream()
                .map(entry -> text(entry.getKey()) + ":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Map<String, Long> byKind(List<FaultSpan> faults) {
        return faults.stream()
                .collect(Collectors.groupingBy(FaultSpan::kind, Collectors.counting()));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
    }

    private static String counts(Map<String, Long> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(entry -> text(entry.getKey()) + ":" + entry.getValue())
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String list(List<String> sentences) {
        return sentences.stream()
                .map((Function<String, String>) DrillJson::text)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
