package io.moldau.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One node of a development cluster: a process, and its lines of output under its name.
final class DevNode {
    private static final long STOP_TIMEOUT_S = 60;

    /// The event with which a node says that it is up, whatever the format of its log.
    private static final String SERVING = "serving";

    private static final String LOG_LEVEL = "MOLDAU_LOG_LEVEL";
    private static final String HEAP_OPTIONS = "KAFKA_HEAP_OPTS";

    /// Several brokers share the machine with whatever is being developed.
    private static final String SMALL_HEAP = "-Xms24m -Xmx512m";

    private static final String JVM_OPTIONS = "MOLDAU_JVM_OPTS";

    /// All nodes start at once, and half of what that takes is the compilers' work: here they wait
    /// until a method has proved to be worth it, rather than compile what was hot in another run.
    private static final String COMPILE_LATER =
            String.join(
                    " ",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-AOTReplayTraining",
                    "-XX:Tier4InvocationThreshold=50000",
                    "-XX:Tier4MinInvocationThreshold=6000",
                    "-XX:Tier4CompileThreshold=150000",
                    "-XX:Tier4BackEdgeThreshold=400000");

    private final int id;
    private final Process process;
    private volatile boolean serves;

    private DevNode(int id, Process process) {
        this.id = id;
        this.process = process;
    }

    static DevNode start(int id, List<String> arguments, Consumer<String> output) {
        var line = new ArrayList<>(moldau());
        line.addAll(arguments);
        var builder =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().putIfAbsent(HEAP_OPTIONS, SMALL_HEAP);
        builder.environment()
                .merge(JVM_OPTIONS, COMPILE_LATER, (theirs, ours) -> ours + " " + theirs);
        // However little is to be logged, that a node serves is.
        builder.environment()
                .computeIfPresent(LOG_LEVEL, (_, levels) -> levels + ",io.moldau.cli=info");
        try {
            var node = new DevNode(id, builder.start());
            Thread.ofVirtual().name("output-" + id).start(() -> node.copyTo(output));
            return node;
        } catch (IOException failed) {
            throw new UncheckedIOException("node " + id + " cannot be started", failed);
        }
    }

    /// How this process was started, up to the command.
    private static List<String> moldau() {
        var executable = System.getProperty("moldau.executable");
        if (executable != null) {
            return List.of(executable);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    private void copyTo(Consumer<String> output) {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines()
                    .forEach(line -> {
                        output.accept("node %d | %s".formatted(id, line));
                        serves |= line.contains(SERVING);
                    });
        } catch (IOException | UncheckedIOException cut) {
            output.accept("node %d | output ends: %s".formatted(id, cut.getMessage()));
        }
    }

    /// Whether it has said that it serves.
    boolean serves() {
        return serves;
    }

    int id() {
        return id;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int status() {
        return process.exitValue();
    }

    void onEnd(Runnable action) {
        var _ = process.onExit().thenRun(action);
    }

    void askToStop() {
        // Not the process's own method: that would cut its output, and its last words with it.
        process.toHandle().destroy();
    }

    void awaitEnd() {
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
