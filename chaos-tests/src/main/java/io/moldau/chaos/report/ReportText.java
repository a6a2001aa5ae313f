package io.moldau.chaos.report;

import io.moldau.chaos.check.JudgementText;
import io.moldau.chaos.timeline.LoadSample;
import java.util.ArrayList;
import java.util.List;

/// A run as lines for a terminal: the page's totals, anomalies and replay line.
public final class ReportText {
    private ReportText() {}

    public static String of(RunReport report) {
        return String.join("\n", lines(report)) + "\n";
    }

    static List<String> lines(RunReport report) {
        var facts = report.facts();
        var lines = new ArrayList<String>();
        lines.add(
                "%s, %d nodes, %s, seed %d"
                        .formatted(
                                facts.broker(),
                                facts.nodes(),
                                Html.time(facts.took().toNanos()),
                                facts.seed()));
        lines.add("faults            %d".formatted(report.faults().size()));
        FaultTable.of(report)
                .forEach(row ->
                        lines.add(
                                "  %-16s%4d  %s"
                                        .formatted(row.kind(), row.times(), row.targets())));
        lines.addAll(JudgementText.of(report.judgement()));
        lines.add(
                "worst lag         %d"
                        .formatted(
                                report.load().stream().mapToLong(LoadSample::lag).max().orElse(0)));
        facts.skipped().forEach(reason -> lines.add("left out          " + reason));
        report.problems().forEach(problem -> lines.add("chaos: FAILED  " + problem));
        if (!report.judgement().anomalies().isEmpty()) {
            lines.add("chaos: FAILED  " + report.judgement().counts());
        }
        lines.add("replay: " + facts.replay());
        return lines;
    }
}
