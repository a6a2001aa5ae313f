package io.moldau.chaos.sim;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `moldau chaos sim`: seeds, until one fails or enough have not.
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description =
                "Simulates clusters with faults, each from a seed, and looks for lost records.")
public final class SimCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec private CommandSpec spec;

    @Option(names = "--seeds", description = "How many seeds to try.", paramLabel = "N")
    private Long count;

    @Option(names = "--minutes", description = "How long to try.", paramLabel = "M")
    private Double minutes;

    @Option(names = "--seed", description = "Replays this seed alone.", paramLabel = "S")
    private Long seed;

    @Option(
            names = "--without",
            split = ",",
            description = "Faults to leave out: ${COMPLETION-CANDIDATES}.",
            paramLabel = "FAULT")
    private Set<Fault> without = EnumSet.noneOf(Fault.class);

    @Option(names = "--trace", description = "Prints all that happened.")
    private boolean trace;

    @Option(
            names = "--format",
            defaultValue = "text",
            description = "text or json: what a search comes to, for people or programs.",
            paramLabel = "FORMAT")
    private Format format;

    private enum Format {
        TEXT,
        JSON
    }

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        return seed != null ? replay(out) : search(out);
    }

    private int replay(PrintWriter out) {
        var verdict = Simulation.run(Mix.of(seed, without), Rules.PRODUCTION, trace);
        out.println(verdict.mix());
        out.print(verdict.trace());
        out.printf(
                "%d events, %d reigns, %d records acknowledged, trace hash %016x%n",
                verdict.events(),
                verdict.reigns(),
                verdict.acknowledgedRecords(),
                verdict.traceHash());
        if (verdict.failed()) {
            out.println("chaos: FAILED  " + verdict.failure());
        }
        out.flush();
        return verdict.failed() ? FAILED : 0;
    }

    private int search(PrintWriter out) {
        long first = System.nanoTime();
        long total = count != null ? count : minutes != null ? Long.MAX_VALUE : 10_000;
        long endNanos =
                minutes == null
                        ? first + Duration.ofDays(365).toNanos()
                        : first + (long) (minutes * 60e9);
        var luck = new Luck(first, 0);
        long base = luck.next() >>> 24;
        var run = new SeedRun(Rules.PRODUCTION);
        var progress =
                Thread.ofVirtual()
                        .start(() -> {
                            if (format == Format.TEXT) {
                                report(run, first, out);
                            }
                        });
        var failure = run.run(number -> base + number, total, endNanos);
        progress.interrupt();
        if (format == Format.JSON) {
            printJson(run, first, failure, out);
        } else {
            print(run, first, out);
            printFaults(run, out);
            failure.ifPresent(verdict -> explain(verdict, out));
        }
        out.flush();
        return failure.isPresent() ? FAILED : 0;
    }

    private static void report(SeedRun run, long sinceNanos, PrintWriter out) {
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(5));
                print(run, sinceNanos, out);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The last line is printed by who ended this.
        }
    }

    private static void print(SeedRun run, long sinceNanos, PrintWriter out) {
        double seconds = (System.nanoTime() - sinceNanos) / 1e9;
        out.printf(
                Locale.ROOT,
                "%d seeds in %.0f s (%.0f/s), %d on a disk, %.1f virtual hours, %d events, "
                        + "%d reigns, %d records acknowledged%n",
                run.seeds(),
                seconds,
                run.seeds() / seconds,
                run.seedsOnDisk(),
                run.virtualHours(),
                run.events(),
                run.reigns(),
                run.acknowledgedRecords());
        out.flush();
    }

    private static void printFaults(SeedRun run, PrintWriter out) {
        var faults =
                run.struck().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
        out.println("faults: " + faults);
    }

    private static void printJson(
            SeedRun run, long sinceNanos, Optional<Verdict> failure, PrintWriter out) {
        var faults =
                run.struck().entrySet().stream()
                        .map(entry -> "\"%s\":%d".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(","));
        var failed =
                failure.map(verdict -> SeedRun.shrunk(verdict, Rules.PRODUCTION))
                        .map(verdict ->
                                ",\"seed\":%d,\"failure\":\"%s\",\"replay\":\"%s\""
                                        .formatted(
                                                verdict.mix().seed(),
                                                escaped(verdict.failure()),
                                                replayOf(failure.get(), verdict)))
                        .orElse("");
        out.printf(
                Locale.ROOT,
                "{\"seeds\":%d,\"seconds\":%.1f,\"seedsOnDisk\":%d,\"virtualHours\":%.2f,"
                        + "\"events\":%d,\"reigns\":%d,\"acknowledged\":%d,"
                        + "\"violations\":%d,\"faults\":{%s}%s}%n",
                run.seeds(),
                (System.nanoTime() - sinceNanos) / 1e9,
                run.seedsOnDisk(),
                run.virtualHours(),
                run.events(),
                run.reigns(),
                run.acknowledgedRecords(),
                failure.isPresent() ? 1 : 0,
                faults,
                failed);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static void explain(Verdict verdict, PrintWriter out) {
        var small = SeedRun.shrunk(verdict, Rules.PRODUCTION);
        out.println("chaos: FAILED  " + small.failure());
        out.println(small.mix());
        out.println("replay: " + replayOf(verdict, small));
    }

    /// The command that shows the failure again, with as few faults as it needs.
    private static String replayOf(Verdict failure, Verdict small) {
        var dropped = EnumSet.noneOf(Fault.class);
        dropped.addAll(failure.mix().faults());
        dropped.removeAll(small.mix().faults());
        var names = dropped.stream().map(Fault::name).toList();
        return "moldau chaos sim --seed %d%s --trace"
                .formatted(
                        small.mix().seed(),
                        names.isEmpty() ? "" : " --without " + String.join(",", names));
    }
}
