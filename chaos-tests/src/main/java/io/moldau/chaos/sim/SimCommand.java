package io.moldau.chaos.sim;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
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
///
/// Ends with 0 only when seeds were run and nothing was found.
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description = {
            "Simulates clusters with faults, each from a seed, on all cores, and looks for lost "
                    + "records and commits.",
            "Without --seeds and --minutes it tries 10,000 seeds."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:seeds were run, and every promise was kept",
            "1:a promise was broken, or nothing was run",
            "2:the command was not understood"
        })
public final class SimCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final long SEEDS = 10_000;
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);

    @Spec private CommandSpec spec;

    @Option(names = "--seeds", description = "How many seeds to try.", paramLabel = "N")
    private Long count;

    @Option(names = "--minutes", description = "How long to try.", paramLabel = "M")
    private Double minutes;

    @Option(names = "--from", description = "The first seed; random without.", paramLabel = "S")
    private Long first;

    @Option(names = "--seed", description = "Replays this seed alone.", paramLabel = "S")
    private Long seed;

    @Option(
            names = "--without",
            split = ",",
            description = "Faults to leave out: ${COMPLETION-CANDIDATES}.",
            paramLabel = "FAULT")
    private Set<Fault> without = EnumSet.noneOf(Fault.class);

    @Option(names = "--trace", description = "With --seed: prints all that happened.")
    private boolean trace;

    @Option(
            names = "--format",
            defaultValue = "text",
            description = "text or json: what it comes to, for people or programs.",
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
        var text = format == Format.JSON ? SimReport.json(verdict) : SimReport.text(verdict);
        out.print(text);
        out.flush();
        return verdict.failed() ? FAILED : 0;
    }

    private int search(PrintWriter out) {
        long startNanos = System.nanoTime();
        long total = count != null ? count : minutes != null ? Long.MAX_VALUE : SEEDS;
        long endNanos =
                startNanos
                        + (minutes == null
                                ? Duration.ofDays(365).toNanos()
                                : (long) (minutes * 60e9));
        long base = first != null ? first : new Luck(startNanos, 0).next() >>> 24;
        var run = new SeedRun(Rules.PRODUCTION, without);
        var report = new SimReport(run, base, startNanos);
        var progress =
                format == Format.TEXT
                        ? Thread.ofVirtual().start(() -> report(report, out))
                        : Thread.ofVirtual().unstarted(() -> {});
        var failure = run.run(number -> base + number, total, endNanos);
        progress.interrupt();
        var smallest = failure.map(verdict -> SeedRun.shrunk(verdict, Rules.PRODUCTION));
        out.print(format == Format.JSON ? report.json(smallest) : report.text(smallest));
        out.flush();
        return smallest.isPresent() || run.seeds() == 0 ? FAILED : 0;
    }

    private static void report(SimReport report, PrintWriter out) {
        try {
            while (true) {
                Thread.sleep(PROGRESS_EVERY);
                out.println(report.line());
                out.flush();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The last line is printed by who ended this.
        }
    }

    /// What a failing seed comes down to, once more and told from its end: the way there.
    static Verdict traced(Verdict small) {
        return Simulation.run(
                Mix.of(small.mix().seed(), EnumSet.complementOf(faults(small))),
                Rules.PRODUCTION,
                true);
    }

    private static EnumSet<Fault> faults(Verdict verdict) {
        var faults = EnumSet.noneOf(Fault.class);
        faults.addAll(verdict.mix().faults());
        return faults;
    }
}
