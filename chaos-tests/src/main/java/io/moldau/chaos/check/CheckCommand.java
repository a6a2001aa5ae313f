package io.moldau.chaos.check;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `moldau chaos check`: judges a history that somebody wrote down, this project or another.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Judges a history of producers and consumers: one EDN map a line, as Jepsen's Kafka workload writes it.",
            "Ends with 0 when nothing is wrong, with 1 when something is, with 2 when it cannot be read."
        })
public final class CheckCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int UNREADABLE = 2;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "HISTORY.edn", description = "What producers and consumers saw.")
    private Path history;

    @Option(
            names = "--metadata",
            paramLabel = "FILE",
            description = "What admins were told about topics, from the same run.")
    private Path metadata;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try {
            var judgement =
                    metadata == null
                            ? Judge.judge(history)
                            : Judge.judge(history, metadata, List.of());
            JudgementText.of(judgement).forEach(out::println);
            out.flush();
            return judgement.anomalies().isEmpty() ? 0 : FAILED;
        } catch (IllegalArgumentException | UncheckedIOException e) {
            spec.commandLine().getErr().println("chaos check: " + e.getMessage());
            return UNREADABLE;
        }
    }
}
