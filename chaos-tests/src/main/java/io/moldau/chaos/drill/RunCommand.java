package io.moldau.chaos.drill;

import io.moldau.chaos.fault.FaultKind;
import io.moldau.chaos.report.ReportText;
import io.moldau.chaos.run.ForeignNodes.Verb;
import io.moldau.chaos.workload.WorkloadKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// `moldau chaos run`: a cluster of real processes has a bad night, and its clients tell what they
/// saw.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts a cluster of real processes, does harm to it under load, and judges what clients saw.",
            "",
            "Exit status 0 says that nothing was found and that the run did what it planned."
        })
public final class RunCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int SEED_BITS = 40;
    private static final long STOP_WITHIN_S = 300;

    @Spec private CommandSpec spec;

    @Option(
            names = "--nodes",
            defaultValue = "3",
            paramLabel = "N",
            description = "How many nodes to start, 3 or more (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--minutes",
            defaultValue = "10",
            paramLabel = "M",
            description = "How long faults are done (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--rate",
            defaultValue = "500",
            paramLabel = "R",
            description = "Records a second of all producers, at most (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Plans the same again: kinds, aims and times of all faults.")
    private Long seed;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "FAULT",
            description = {
                "Only these, by name or by family (processes, links, admin, clients, disks):",
                "kill, fast-restart, term, rolling, pause, clock, cut-one-way, cut, isolate, delay,"
                        + " throttle, swallow, reset, voters, reassign, elect, client-crash,"
                        + " truncate, flip-bits, old-piece, delete-index, power-loss, disk-loss,"
                        + " disk-full."
            })
    private List<String> faults = List.of();

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "WORKLOAD",
            description =
                    "Only these: assign, group, metadata, librdkafka, kafka-python. All by default.")
    private List<String> workloads = List.of();

    @Option(
            names = "--topics",
            defaultValue = "2",
            paramLabel = "N",
            description = "Topics with records (default: ${DEFAULT-VALUE}).")
    private int topics;

    @Option(
            names = "--partitions",
            defaultValue = "6",
            paramLabel = "N",
            description = "Partitions of each (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where history, report and nodes go (default: ./chaos-SEED).")
    private Path out;

    @Option(names = "--keep", description = "Keeps the nodes' folders even when nothing was found.")
    private boolean keep;

    @Option(
            names = "--executable",
            paramLabel = "FILE",
            description = "The moldau to run (default: this one).")
    private Path executable;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A setting of every node, as moldau start takes it.")
    private List<String> overrides = List.of();

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "text, or json: one line for programs at the end, and no progress.")
    private Format format;

    @ArgGroup(exclusive = false, heading = "%nAnother cluster in place of our own:%n")
    private Foreign foreign;

    private enum Format {
        TEXT,
        JSON
    }

    /// How somebody else's cluster is reached and disturbed.
    private static final class Foreign {
        @Option(
                names = "--target",
                required = true,
                paramLabel = "HOST:PORT",
                description = "Its address.")
        private String bootstrap;

        @Option(
                names = "--target-name",
                defaultValue = "another cluster",
                paramLabel = "NAME",
                description = "What the report calls it.")
        private String name;

        @Option(
                names = "--kill-cmd",
                paramLabel = "LINE",
                description = "A shell line for kill -9 of node {id}; likewise the others.")
        private String kill;

        @Option(names = "--stop-cmd", paramLabel = "LINE", description = "SIGTERM; waits.")
        private String stop;

        @Option(
                names = "--start-cmd",
                paramLabel = "LINE",
                description = "Starts it on its data; may wait until it serves.")
        private String start;

        @Option(names = "--pause-cmd", paramLabel = "LINE", description = "SIGSTOP.")
        private String pause;

        @Option(names = "--resume-cmd", paramLabel = "LINE", description = "SIGCONT.")
        private String resume;

        private DrillPlan.Target target() {
            var commands = new EnumMap<Verb, String>(Verb.class);
            put(commands, Verb.KILL, kill);
            put(commands, Verb.STOP, stop);
            put(commands, Verb.START, start);
            put(commands, Verb.PAUSE, pause);
            put(commands, Verb.RESUME, resume);
            return new DrillPlan.Target(name, bootstrap, commands);
        }

        private static void put(Map<Verb, String> commands, Verb verb, String line) {
            if (line != null) {
                commands.put(verb, line);
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var plan = plan();
        Files.createDirectories(plan.out());
        var told = spec.commandLine().getOut();
        boolean isText = format == Format.TEXT;
        var drill = new Drill(plan, isText ? told : new PrintWriter(Writer.nullWriter()));
        var finished = new CountDownLatch(1);
        var hook = new Thread(() -> endEarly(drill, finished), "chaos-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            var result = drill.run();
            if (isText) {
                tell(result, plan, told);
            } else {
                told.println(DrillJson.of(result));
            }
            told.flush();
            return result.report().passed() ? 0 : FAILED;
        } finally {
            finished.countDown();
            forget(hook);
        }
    }

    /// Ctrl-C: what is under way is undone and judged before the process ends.
    private static void endEarly(Drill drill, CountDownLatch finished) {
        drill.stop();
        try {
            var _ = finished.await(STOP_WITHIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            hook.setName("chaos-stop, under way");
        }
    }

    private static void tell(Drill.Result result, DrillPlan plan, PrintWriter told) {
        var report = result.report();
        told.println();
        told.println(ReportText.of(report).strip());
        told.println(result.recoveries());
        told.println("report: " + plan.out().resolve("report.html"));
        told.println(report.passed() ? "chaos: passed" : "chaos: FAILED");
        if (!report.passed()) {
            told.println("replay: " + plan.replay());
        }
    }

    private DrillPlan plan() {
        if (nodes < 3 && foreign == null) {
            throw misuse("--nodes must be at least 3: fewer cannot lose one.");
        }
        long chosen = seed != null ? seed : ThreadLocalRandom.current().nextLong(1L << SEED_BITS);
        var folder = out != null ? out : Path.of("chaos-" + chosen);
        return new DrillPlan(
                nodes,
                Duration.ofMillis((long) (minutes * 60_000)),
                rate,
                topics,
                partitions,
                chosen,
                faults(),
                workloads(),
                folder.toAbsolutePath().normalize(),
                keep,
                executable(),
                overrides,
                Optional.ofNullable(foreign).map(Foreign::target),
                replay(spec.commandLine().getParseResult(), chosen));
    }

    private ParameterException misuse(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private Set<FaultKind> faults() {
        try {
            return faults.isEmpty() ? EnumSet.allOf(FaultKind.class) : FaultKind.of(faults);
        } catch (IllegalArgumentException unknown) {
            throw misuse(unknown.getMessage());
        }
    }

    private Set<WorkloadKind> workloads() {
        try {
            return workloads.isEmpty() ? WorkloadKind.all() : WorkloadKind.of(workloads);
        } catch (IllegalArgumentException unknown) {
            throw misuse(unknown.getMessage());
        }
    }

    /// The file that this process runs from; where it runs from classes, a line that does the same.
    private Path executable() {
        if (executable != null) {
            return executable.toAbsolutePath();
        }
        var own = System.getProperty("moldau.executable");
        if (own == null && foreign == null) {
            throw misuse("--executable FILE says which moldau to run.");
        }
        return Path.of(own == null ? "moldau" : own).toAbsolutePath();
    }

    /// The same options with the seed among them.
    static String replay(ParseResult parsed, long chosen) {
        var line = new ArrayList<>(List.of("moldau", "chaos", "run"));
        for (var option : new LinkedHashSet<>(parsed.matchedOptions())) {
            if (option.arity().max() == 0) {
                line.add(option.longestName());
                continue;
            }
            for (var value : option.originalStringValues()) {
                line.add(option.longestName());
                line.add(value.contains(" ") ? "'" + value + "'" : value);
            }
        }
        if (!parsed.hasMatchedOption("--seed")) {
            line.addAll(List.of("--seed", Long.toString(chosen)));
        }
        return String.join(" ", line);
    }
}
