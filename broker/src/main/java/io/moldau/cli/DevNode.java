package io.moldau.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One node of a development cluster: a process, and its lines of output under its name.
final class DevNode {
    private static final long STOP_TIMEOUT_S = 60;
    private static final int PROBE_TIMEOUT_MS = 200;
    private static final String HEAP_OPTIONS = "KAFKA_HEAP_OPTS";

    /// Several brokers share the machine with whatever is being developed.
    private static final String SMALL_HEAP = "-Xms24m -Xmx512m";

    private final int id;
    private final Process process;

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
            lines.lines().forEach(line -> output.accept("node %d | %s".formatted(id, line)));
        } catch (IOException | UncheckedIOException cut) {
            output.accept("node %d | output ends: %s".formatted(id, cut.getMessage()));
        }
    }

    static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    PROBE_TIMEOUT_MS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
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
        process.destroy();
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
