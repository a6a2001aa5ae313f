package io.moldau.chaos.sim;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What many seeds, or one, have come to: for people and for programs.
final class SimReport {
    private static final int TRACE_LINES = 40;

    private final SeedRun run;
    private final long base;
    private final long startNanos;

    /// @param base the first seed
    SimReport(SeedRun run, long base, long startNanos) {
        this.run = run;
        this.base = base;
        this.startNanos = startNanos;
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /// So far.
    String line() {
        double seconds = seconds();
        return String.format(
                Locale.ROOT,
                "%d seeds in %.0f s (%.0f/s), %d on a disk, %d with groups, %.1f virtual hours, "
                        + "%d faults, %d events, %d reigns, %d takeovers, "
                        + "%d records and %d commits acknowledged",
                run.seeds(),
                seconds,
                run.seeds() / seconds,
                run.seedsOnDisk(),
                run.seedsWithGroups(),
                run.virtualHours(),
                total(run.struck()),
                run.events(),
                run.reigns(),
                run.takeovers(),
                run.acknowledgedRecords(),
                run.acknowledgedCommits());
    }

    /// @param failure what is left of a failing seed when all that it does not need is left out
    String text(Optional<Verdict> failure) {
        var text = new StringBuilder(line()).append('\n');
        text.append("seeds: %d to %d%n".formatted(base, base + run.seeds() - 1));
        text.append("faults: ").append(faults(run.struck(), "%s %d", ", ")).append('\n');
        if (run.seeds() == 0) {
            text.append("chaos: FAILED  no seed was run\n");
        }
        failure.ifPresent(small -> explain(small, text));
        return text.toString();
    }

    private static void explain(Verdict small, StringBuilder text) {
        var lines = SimCommand.traced(small).trace().lines().toList();
        text.append("chaos: FAILED  ").append(small.failure()).append('\n');
        text.append(small.mix()).append('\n');
        text.append("what happened last:\n");
        lines.stream()
                .skip(Math.max(0, lines.size() - TRACE_LINES))
                .forEach(line -> text.append("  ").append(line).append('\n'));
        text.append("replay: ").append(replayOf(small)).append('\n');
    }

    String json(Optional<Verdict> failure) {
        return String.format(
                Locale.ROOT,
                """
                {"seeds":%d,"from":%d,"seconds":%.1f,"seedsOnDisk":%d,"seedsWithGroups":%d,\
                "virtualHours":%.2f,"events":%d,"reigns":%d,"acknowledged":%d,"commits":%d,\
                "takeovers":%d,"violations":%d,"faults":{%s}%s}
                """,
                run.seeds(),
                base,
                seconds(),
                run.seedsOnDisk(),
                run.seedsWithGroups(),
                run.virtualHours(),
                run.events(),
                run.reigns(),
                run.acknowledgedRecords(),
                run.acknowledgedCommits(),
                run.takeovers(),
                failure.isPresent() ? 1 : 0,
                faults(run.struck(), "\"%s\":%d", ","),
                failure.map(SimReport::failureJson).orElse(""));
    }

    private static String failureJson(Verdict small) {
        return ",\"seed\":%d,\"failure\":\"%s\",\"replay\":\"%s\""
                .formatted(small.mix().seed(), escaped(small.failure()), replayOf(small));
    }

    /// One seed, as it was replayed.
    static String text(Verdict verdict) {
        return String.format(
                Locale.ROOT,
                "%s%n%s%d events, %d reigns, %d takeovers, %d records and %d commits acknowledged, "
                        + "trace hash %016x%n%s",
                verdict.mix(),
                verdict.trace(),
                verdict.events(),
                verdict.reigns(),
                verdict.takeovers(),
                verdict.acknowledgedRecords(),
                verdict.acknowledgedCommits(),
                verdict.traceHash(),
                verdict.failed() ? "chaos: FAILED  %s%n".formatted(verdict.failure()) : "");
    }

    static String json(Verdict verdict) {
        return """
        {"seed":%d,"events":%d,"reigns":%d,"acknowledged":%d,"commits":%d,"takeovers":%d,\
        "traceHash":"%016x","violations":%d,"faults":{%s}%s}
        """
                .formatted(
                        verdict.mix().seed(),
                        verdict.events(),
                        verdict.reigns(),
                        verdict.acknowledgedRecords(),
                        verdict.acknowledgedCommits(),
                        verdict.takeovers(),
                        verdict.traceHash(),
                        verdict.failed() ? 1 : 0,
                        faults(verdict.struck(), "\"%s\":%d", ","),
                        verdict.failed() ? failureJson(verdict) : "");
    }

    private static String faults(Map<Fault, Long> struck, String form, String between) {
        return struck.entrySet().stream()
                .map(entry -> form.formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(between));
    }

    private static long total(Map<Fault, Long> struck) {
        return struck.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /// The command that shows the failure again, with as few faults as it needs.
    private static String replayOf(Verdict small) {
        var drawn = Mix.of(small.mix().seed(), EnumSet.noneOf(Fault.class)).faults();
        var dropped =
                drawn.stream()
                        .filter(fault -> !small.mix().has(fault))
                        .map(Fault::name)
                        .collect(Collectors.joining(","));
        return "moldau chaos sim --seed %d%s --trace"
                .formatted(small.mix().seed(), dropped.isEmpty() ? "" : " --without " + dropped);
    }
}
