package io.moldau.chaos.sim;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
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
        var progress = Thread.ofVirtual().start(() -> report(run, first, out));
        var failure = run.run(number -> base + number, total, endNanos);
        progress.interrupt();
        print(run, first, out);
        failure.ifPresent(verdict -> explain(verdict, out));
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
                "%d seeds in %.0f s (%.0f/s), %d events, %d reigns, %d records acknowledged%n",
                run.seeds(),
                seconds,
                run.seeds() / seconds,
                run.events(),
                run.reigns(),
                run.acknowledgedRecords());
        out.flush();
    }

    private static void explain(Verdict verdict, PrintWriter out) {
        var small = SeedRun.shrunk(verdict, Rules.PRODUCTION);
        out.println("chaos: FAILED  " + small.failure());
        out.println(small.mix());
        var left = EnumSet.complementOf(EnumSet.noneOf(Fault.class));
        left.removeAll(small.mix().faults());
        var drawn = verdict.mix().faults();
        left.retainAll(drawn);
        var names = left.stream().map(Fault::name).toList();
        out.println(
                "replay: moldau chaos sim --seed %d%s --trace"
                        .formatted(
                                small.mix().seed(),
                                names.isEmpty() ? "" : " --without " + String.join(",", names)));
    }
}
