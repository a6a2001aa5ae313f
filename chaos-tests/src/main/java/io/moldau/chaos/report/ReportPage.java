package io.moldau.chaos.report;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.LoadSample;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A run on one page, with nothing outside of it: style and pictures are in the file.
public final class ReportPage {
    private static final int WAITS_SHOWN = 12;

    /// Anomalies whose lines are shown at once.
    private static final int OPENED = 3;

    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private final RunReport report;
    private final TimeAxis axis;
    private final PartitionRows partitions;
    private final StringBuilder out = new StringBuilder();

    private ReportPage(RunReport report) {
        this.report = report;
        axis = new TimeAxis(Math.max(1, lengthNanos(report)));
        partitions = new PartitionRows(axis, report.cluster());
    }

    /// Writes the page; a file that is there is replaced.
    public static void write(RunReport report, Path file) {
        try {
            Files.writeString(file, of(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String of(RunReport report) {
        return new ReportPage(report).page();
    }

    private static long lengthNanos(RunReport report) {
        long load = report.load().isEmpty() ? 0 : report.load().getLast().second() * 1_000_000_000L;
        long cluster = report.cluster().isEmpty() ? 0 : report.cluster().getLast().nanos();
        return Math.max(report.facts().took().toNanos(), Math.max(load, cluster));
    }

    private String page() {
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.append("<title>").append(Html.escaped(headline())).append(" · chaos run</title>\n");
        out.append("<style>\n").append(style()).append("</style>\n</head>\n<body>\n");
        out.append("<main class=\"").append(report.passed() ? "passed" : "failed").append("\">\n");
        head();
        tiles();
        problems();
        timeline();
        anomalies();
        out.append("<div class=\"columns\">\n<div>\n");
        faults();
        out.append("</div>\n<div>\n");
        operations();
        waits();
        out.append("</div>\n</div>\n");
        skipped();
        replay();
        out.append("</main>\n</body>\n</html>\n");
        return out.toString();
    }

    private String headline() {
        if (!report.judgement().anomalies().isEmpty()) {
            long total =
                    report.judgement().counts().values().stream().mapToLong(Long::longValue).sum();
            return total == 1 ? "A promise was broken" : "Promises were broken";
        }
        return report.problems().isEmpty()
                ? "Nothing that was acknowledged is missing"
                : "The run did not do what it planned";
    }

    private void head() {
        var facts = report.facts();
        out.append("<span class=\"verdict\">")
                .append(report.passed() ? "passed" : "failed")
                .append("</span>\n<h1>")
                .append(Html.escaped(headline()))
                .append("</h1>\n<p class=\"soft\">");
        out.append(
                Html.escaped(
                        "%s on %d nodes, %s, seed %d, workloads %s. %s."
                                .formatted(
                                        facts.broker(),
                                        facts.nodes(),
                                        Html.time(facts.took().toNanos()),
                                        facts.seed(),
                                        String.join(", ", facts.workloads()),
                                        WHEN.format(facts.began()))));
        out.append("</p>\n");
    }

    private void tiles() {
        var judgement = report.judgement();
        long anomalies = judgement.counts().values().stream().mapToLong(Long::longValue).sum();
        out.append("<div class=\"tiles\">\n");
        tile("", Html.count(judgement.acknowledgedRecords()), "records acknowledged");
        tile(anomalies == 0 ? "good" : "bad", Html.count(anomalies), "anomalies");
        tile(
                judgement.unseen() == 0 ? "good" : "bad",
                Html.count(judgement.unseen()),
                "acknowledged and never read");
        tile("", Html.count(report.faults().size()), "faults of " + kinds() + " kinds");
        tile(
                "",
                judgement.waits().isEmpty()
                        ? "under 0.5 s"
                        : Html.time(judgement.waits().getFirst().nanos()),
                "longest that a partition took nothing");
        tile(
                "",
                Html.time(judgement.recoveryNanos(0.5)),
                "recovery p50; p99 %s, longest %s"
                        .formatted(
                                Html.time(judgement.recoveryNanos(0.99)),
                                Html.time(judgement.recoveryNanos(1))));
        tile("", Html.count(worstLag()), "worst lag of the group");
        out.append("</div>\n");
    }

    private void tile(String style, String figure, String label) {
        out.append("<div class=\"tile ").append(style).append("\"><b>");
        out.append(figure).append("</b><span>");
        out.append(Html.escaped(label)).append("</span></div>\n");
    }

    private long kinds() {
        return report.faults().stream().map(FaultSpan::kind).distinct().count();
    }

    private long worstLag() {
        return report.load().stream().mapToLong(LoadSample::lag).max().orElse(0);
    }

    private void problems() {
        list("What else went wrong", "problems", report.problems());
    }

    private void skipped() {
        list("Left out", "", report.facts().skipped());
    }

    private void list(String title, String style, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.append("<h2>").append(title).append("</h2>\n<div class=\"card ").append(style);
        out.append("\"><ul>\n");
        lines.forEach(line -> out.append("<li>").append(Html.escaped(line)).append("</li>\n"));
        out.append("</ul></div>\n");
    }

    private void timeline() {
        var svg = new Svg();
        var faultRows = new FaultRows(axis, report.faults());
        double faultsTop = LoadCharts.height() + 12;
        double partitionsTop = faultsTop + faultRows.height();
        double bottom = partitionsTop + partitions.height();
        axis.draw(svg, 8, bottom);
        faultRows.draw(svg, faultsTop, 8);
        new LoadCharts(axis, report.load()).draw(svg, 0);
        partitions.draw(svg, partitionsTop, report.judgement().waits());

        out.append("<h2>What happened</h2>\n<p class=\"soft\">Point at a bar to read what it was.");
        out.append("</p>\n<div class=\"card\">\n");
        out.append(svg.element(TimeAxis.WIDTH, bottom + 24, "Load, faults and leaders over time"));
        out.append("<div class=\"legend\">");
        legend("acked", "acknowledged, latency p50");
        legend("polled", "read");
        legend("p99", "latency p99");
        legend("lag", "lag");
        legend("fault", "fault");
        for (int node = 1; node <= Math.min(5, report.facts().nodes()); node++) {
            legend("n" + node, "led by node " + node);
        }
        legend("none", "no leader, or took no record");
        out.append("<span>pale: a replica is not in sync</span></div>\n</div>\n");
    }

    private void legend(String style, String label) {
        out.append("<span><i class=\"i-").append(style).append("\"></i>");
        out.append(label).append("</span>");
    }

    private void anomalies() {
        out.append("<h2>Anomalies</h2>\n<div class=\"card\">\n");
        if (report.judgement().anomalies().isEmpty()) {
            out.append("<p>None. Every acknowledged record was read once, at its offset, in its");
            out.append(" producer's order.</p>\n");
        } else {
            out.append("<p>").append(counts()).append("</p>\n");
            for (int i = 0; i < report.judgement().anomalies().size(); i++) {
                anomaly(report.judgement().anomalies().get(i), i < OPENED);
            }
        }
        out.append("</div>\n");
    }

    private String counts() {
        return report.judgement().counts().entrySet().stream()
                .map(count -> Html.count(count.getValue()) + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private void anomaly(Anomaly anomaly, boolean opened) {
        out.append(opened ? "<details open>" : "<details>")
                .append("<summary><b>")
                .append(anomaly.kind().label())
                .append("</b> ");
        out.append(Html.escaped(anomaly.detail()));
        if (anomaly.index() >= 0) {
            out.append(" <span class=\"soft\">operation ").append(anomaly.index());
            out.append("</span>");
        }
        out.append("</summary>");
        if (!anomaly.excerpt().isEmpty()) {
            out.append("<pre>");
            out.append(Html.escaped(String.join("\n", anomaly.excerpt())));
            out.append("</pre>");
        }
        out.append("</details>\n");
    }

    private void faults() {
        out.append(
                "<h2>Faults</h2>\n<p class=\"soft\">Recovery: from a fault's beginning until every");
        out.append(" partition had acknowledged a record that was sent after it.</p>\n");
        out.append("<div class=\"card\"><table>\n<tr><th>kind</th><th>targets</th>");
        out.append("<th class=\"number\">times</th><th class=\"number\">recovery p50</th>");
        out.append("<th class=\"number\">longest</th></tr>\n");
        FaultTable.of(report)
                .forEach(row -> {
                    out.append("<tr><td>")
                            .append(Html.escaped(row.kind()))
                            .append("</td><td class=\"soft\">");
                    out.append(Html.escaped(row.targets())).append("</td>");
                    number(Html.count(row.times()));
                    number(row.recovered() ? Html.time(row.p50Nanos()) : "–");
                    number(row.recovered() ? Html.time(row.maxNanos()) : "–");
                    out.append("</tr>\n");
                });
        out.append("</table></div>\n");
        long never =
                report.judgement().recoveries().stream()
                        .filter(recovery -> recovery.nanos() == Recovery.NEVER)
                        .count();
        if (never > 0) {
            out.append("<p class=\"soft\">").append(Html.count(never));
            out.append(" had no such moment before the clients stopped.</p>\n");
        }
    }

    private void number(String text) {
        out.append("<td class=\"number\">").append(text).append("</td>");
    }

    private void operations() {
        out.append("<h2>Operations</h2>\n<div class=\"card\"><table>\n<tr><th>what</th>");
        out.append("<th class=\"number\">ok</th><th class=\"number\">failed</th>");
        out.append("<th class=\"number\">unknown</th></tr>\n");
        report.judgement()
                .operations()
                .forEach((f, outcomes) -> {
                    out.append("<tr><td>").append(Html.escaped(f)).append("</td>");
                    number(Html.count(outcomes.getOrDefault("ok", 0L)));
                    number(Html.count(outcomes.getOrDefault("fail", 0L)));
                    number(Html.count(outcomes.getOrDefault("info", 0L)));
                    out.append("</tr>\n");
                });
        out.append("</table></div>\n");
    }

    private void waits() {
        if (report.judgement().waits().isEmpty()) {
            return;
        }
        out.append("<h2>Longest waits</h2>\n<div class=\"card\"><table>\n<tr><th>partition</th>");
        out.append(
                "<th class=\"number\">from</th><th class=\"number\">took no record for</th></tr>\n");
        report.judgement().waits().stream()
                .limit(WAITS_SHOWN)
                .forEach(wait -> {
                    out.append("<tr><td>").append(Html.escaped(nameOf(wait))).append("</td>");
                    number(Html.moment(wait.fromNanos()));
                    number(Html.time(wait.nanos()));
                    out.append("</tr>\n");
                });
        out.append("</table></div>\n");
    }

    private String nameOf(Wait wait) {
        var names = partitions.names();
        return wait.key() >= 0 && wait.key() < names.size()
                ? names.get((int) wait.key())
                : "key " + wait.key();
    }

    private void replay() {
        out.append("<h2>Once more</h2>\n<pre class=\"replay\">");
        out.append(Html.escaped(report.facts().replay())).append("</pre>\n");
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
