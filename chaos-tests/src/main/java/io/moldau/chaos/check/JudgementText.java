package io.moldau.chaos.check;

import io.moldau.chaos.check.Judgement.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A judgement as lines for a terminal.
public final class JudgementText {
    private JudgementText() {}

    /// What was done and what came of it, then every anomaly that was kept, with its lines.
    public static List<String> of(Judgement judgement) {
        var lines = new ArrayList<String>();
        judgement
                .operations()
                .forEach((f, outcomes) -> lines.add("%-18s%s".formatted(f, counts(outcomes))));
        lines.add(
                "records           %d acknowledged, %d read, %d acknowledged and not read"
                        .formatted(
                                judgement.acknowledgedRecords(),
                                judgement.readRecords(),
                                judgement.unseen()));
        lines.add("unavailability    " + unavailability(judgement));
        if (!judgement.recoveries().isEmpty()) {
            lines.add("recovery          " + recovery(judgement));
        }
        lines.add(
                "anomalies         "
                        + (judgement.counts().isEmpty() ? "none" : counts(judgement.counts())));
        judgement.anomalies().forEach(anomaly -> addAnomaly(lines, anomaly));
        return lines;
    }

    private static void addAnomaly(List<String> lines, Anomaly anomaly) {
        lines.add("");
        lines.add(
                anomaly.index() < 0
                        ? anomaly.toString()
                        : anomaly + " (operation " + anomaly.index() + ")");
        anomaly.excerpt().forEach(line -> lines.add("  " + line));
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String unavailability(Judgement judgement) {
        if (judgement.waits().isEmpty()) {
            return "no partition waited half a second";
        }
        var worst = judgement.waits().getFirst();
        return "%s at worst (key %d)".formatted(seconds(worst.nanos()), worst.key());
    }

    private static String recovery(Judgement judgement) {
        long never =
                judgement.recoveries().stream().filter(r -> r.nanos() == Recovery.NEVER).count();
        return "p50 %s, p99 %s, max %s, of %d faults%s"
                .formatted(
                        seconds(judgement.recoveryNanos(0.5)),
                        seconds(judgement.recoveryNanos(0.99)),
                        seconds(judgement.recoveryNanos(1)),
                        judgement.recoveries().size(),
                        never == 0 ? "" : "; %d never".formatted(never));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}
