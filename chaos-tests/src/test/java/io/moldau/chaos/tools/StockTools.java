package io.moldau.chaos.tools;

import static java.util.Map.entry;

import io.moldau.chaos.run.Acceptance;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// The tools of one Kafka release, each run in a JVM of its own as its shell script would.
public final class StockTools {
    private static final int TIMEOUT_S = 180;

    /// Where the tools are, newest place first: they moved between releases.
    private static final List<String> PACKAGES =
            List.of(
                    "org.apache.kafka.tools.consumer.group",
                    "org.apache.kafka.tools.consumer",
                    "org.apache.kafka.tools.reassign",
                    "org.apache.kafka.tools",
                    "kafka.admin",
                    "kafka.tools");

    private static final Map<String, String> CLASSES =
            Map.ofEntries(
                    entry("kafka-topics", "TopicCommand"),
                    entry("kafka-console-producer", "ConsoleProducer"),
                    entry("kafka-console-consumer", "ConsoleConsumer"),
                    entry("kafka-consumer-groups", "ConsumerGroupCommand"),
                    entry("kafka-configs", "ConfigCommand"),
                    entry("kafka-cluster", "ClusterTool"),
                    entry("kafka-get-offsets", "GetOffsetShell"),
                    entry("kafka-metadata-quorum", "MetadataQuorumCommand"),
                    entry("kafka-log-dirs", "LogDirsCommand"),
                    entry("kafka-dump-log", "DumpLogSegments"),
                    entry("kafka-broker-api-versions", "BrokerApiVersionsCommand"),
                    entry("kafka-leader-election", "LeaderElectionCommand"),
                    entry("kafka-reassign-partitions", "ReassignPartitionsCommand"));

    private final String release;
    private final Path jars;
    private final List<String> classes = new ArrayList<>();

    /// @param release such as `4.3.1`, fetched by `clients/pom.xml`
    public StockTools(String release) {
        this.release = release;
        jars = Acceptance.client("kafka-tools-" + release);
        try (Stream<Path> files = Files.list(jars)) {
            for (var jar :
                    files.filter(file -> file.getFileName().toString().matches("kafka.*\\.jar"))
                            .toList()) {
                try (var open = new JarFile(jar.toFile())) {
                    open.stream()
                            .map(entry -> entry.getName().replace('/', '.'))
                            .forEach(classes::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param exitStatus -1 when the release has no such tool
    public record Result(int exitStatus, String output, String errors) {}

    /// One tool at work.
    static final class Running {
        private final Process process;
        private final Path output;
        private final Path errors;

        private Running(Process process, Path output, Path errors) {
            this.process = process;
            this.output = output;
            this.errors = errors;
        }

        Result await() {
            try {
                if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            "tool does not end: " + Files.readString(output));
                }
                return new Result(
                        process.exitValue(), Files.readString(output), Files.readString(errors));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        /// As Ctrl-C does.
        Result stop() {
            process.destroy();
            return await();
        }
    }

    /// Runs a tool to its end.
    ///
    /// @param tool with or without `.sh`
    public Result run(String tool, List<String> arguments, String input) {
        return has(tool)
                ? start(tool, arguments, input).await()
                : new Result(-1, "no such tool\n", "");
    }

    boolean has(String tool) {
        return !mainClass(tool).isEmpty();
    }

    Running start(String tool, List<String> arguments, String input) {
        try {
            var folder = Files.createDirectories(Acceptance.work().resolve("tools"));
            var in =
                    Files.writeString(
                            Files.createTempFile(folder, "tool", ".in"),
                            input,
                            StandardCharsets.UTF_8);
            return start(tool, arguments, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Running start(String tool, List<String> arguments, Path input) {
        try {
            var folder = Files.createDirectories(Acceptance.work().resolve("tools"));
            var output = Files.createTempFile(folder, "tool", ".out");
            var errors = Files.createTempFile(folder, "tool", ".err");
            var process =
                    new ProcessBuilder(commandLine(tool, arguments))
                            .redirectInput(input.toFile())
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile())
                            .start();
            return new Running(process, output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> commandLine(String tool, List<String> arguments) {
        var line = new ArrayList<>(Acceptance.java("256m"));
        // The second run of a release's tools starts in half the time.
        var archive = Acceptance.work().resolve("tools-" + release + ".jsa");
        line.addAll(
                List.of(
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:disable"));
        line.addAll(List.of("-Xlog:all=off", "-cp", jars + File.separator + "*", mainClass(tool)));
        line.addAll(arguments);
        return line;
    }

    private String mainClass(String tool) {
        var simpleName = CLASSES.get(tool.replaceFirst("\\.sh$", ""));
        return PACKAGES.stream()
                .map(folder -> folder + "." + simpleName)
                .filter(name -> classes.contains(name + ".class"))
                .findFirst()
                .orElse("");
    }
}
