package io.moldau.chaos.cluster;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// `moldau dev -n 3` as a process, on ports of its own.
final class DevProcess implements AutoCloseable {
    static final int NODES = 3;
    private static final int PORT_DISTANCE = 100;

    private final Path folder;
    private final int port;
    private Process process;

    /// @param folder for its data and what it prints
    DevProcess(Path folder) {
        this.folder = folder;
        int candidate = Acceptance.freePort();
        while (!areFree(candidate)) {
            candidate = Acceptance.freePort();
        }
        port = candidate;
    }

    private static boolean areFree(int first) {
        return IntStream.range(0, NODES)
                .allMatch(i -> isFree(first + i) && isFree(first + PORT_DISTANCE + i));
    }

    private static boolean isFree(int candidate) {
        if (candidate > 65_535) {
            return false;
        }
        try (var socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    Process start() {
        try {
            Files.createDirectories(folder);
            var builder =
                    new ProcessBuilder(
                            Acceptance.executable().toString(),
                            "dev",
                            "-n",
                            Integer.toString(NODES),
                            "--port",
                            Integer.toString(port),
                            "--data",
                            folder.resolve("data").toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.redirectErrorStream(true).redirectOutput(output().toFile());
            process = builder.start();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path output() {
        return folder.resolve("output.txt");
    }

    /// What it has printed.
    String text() {
        try {
            return Files.readString(output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The first node's.
    int port() {
        return port;
    }

    @Override
    public void close() {
        if (process == null || !process.isAlive()) {
            return;
        }
        process.toHandle().destroy();
        try {
            if (process.waitFor(1, TimeUnit.MINUTES)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
