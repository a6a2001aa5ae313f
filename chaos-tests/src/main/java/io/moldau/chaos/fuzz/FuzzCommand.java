package io.moldau.chaos.fuzz;

import io.moldau.broker.logging.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `moldau chaos fuzz`: hostile input for a while, at the socket of a broker and at the check of
/// batches.
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Throws broken requests and broken batches at a broker of its own.",
            "Inputs that reach new behaviour are kept and built upon."
        })
public final class FuzzCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "1",
            description = "How long; by default a minute.")
    private double minutes;

    @Option(
            names = "--corpus",
            paramLabel = "DIR",
            description = "Where inputs are kept from run to run; by default nowhere.")
    private Path corpus;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Decides the inputs, as far as time and the corpus let it.")
    private Long seed;

    @Override
    public Integer call() throws IOException {
        if (System.getProperty("moldau.log.level") == null) {
            Logging.setLevels("error"); // Each input is worth a warning, and there are many.
        }
        var out = spec.commandLine().getOut();
        long used = seed != null ? seed : System.nanoTime() >>> 16;
        var scratch = Files.createTempDirectory("moldau-fuzz");
        try {
            var kept = corpus != null ? corpus : scratch.resolve("corpus");
            long each = (long) (minutes * 60e9 / 2);
            int failed = 0;
            try (var batches = new BatchTarget()) {
                failed += fuzz(batches, kept, used, each, out);
            }
            try (var node = NodeTarget.start(scratch.resolve("data"))) {
                failed += fuzz(node, kept, used, each, out);
            }
            out.println("seed " + used);
            out.flush();
            return failed == 0 ? 0 : FAILED;
        } finally {
            deleteUnlessNeeded(scratch);
        }
    }

    /// @return how many faults were found
    private static int fuzz(FuzzTarget target, Path kept, long seed, long nanos, PrintWriter out) {
        var fuzzing = new Fuzzing(target, Corpus.open(kept.resolve(target.name())), seed);
        long began = System.nanoTime();
        var broken = fuzzing.run(began + nanos, Long.MAX_VALUE);
        double seconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3;
        out.printf(
                Locale.ROOT,
                "%s: %d inputs, %.0f/s, %d behaviours, %d of them new%n",
                target.name(),
                fuzzing.inputs(),
                fuzzing.inputs() / seconds,
                fuzzing.corpusSize(),
                fuzzing.learned());
        fuzzing.surprises().forEach((what, times) -> out.printf("  %d times  %s%n", times, what));
        broken.ifPresent(found -> {
            out.println("chaos: FAILED  " + found.message());
            if (found.cause() != null) {
                found.cause().printStackTrace(out);
            }
            out.println("input: " + found.file());
        });
        out.flush();
        return broken.isPresent() ? 1 : 0;
    }

    /// An input that broke something outlives the run.
    private static void deleteUnlessNeeded(Path folder) {
        try (var files = Files.walk(folder)) {
            var all = files.sorted(Comparator.reverseOrder()).toList();
            if (all.stream().anyMatch(f -> f.getFileName().toString().startsWith("crash-"))) {
                return;
            }
            for (var file : all) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
