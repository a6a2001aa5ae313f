package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `moldau dev`: several nodes as one command in the foreground.
class DevIT {
    private static final int FAILURE = 1;
    private static final int ADDRESS_IN_USE = 4;
    private static final int NODES = 3;
    private static final int PORT_DISTANCE = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path folder;

    private int port;
    private Process process;

    @BeforeEach
    void findPortsInARow() {
        port = Acceptance.freePort();
        while (!IntStream.range(0, NODES)
                .allMatch(i -> isFree(port + i) && isFree(port + PORT_DISTANCE + i))) {
            port = Acceptance.freePort();
        }
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

    @AfterEach
    void stop() throws InterruptedException {
        if (process != null && process.isAlive()) {
            process.toHandle().destroy();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private void start() throws IOException {
        var executable = Acceptance.launch("dev").executable().toString();
        var builder =
                new ProcessBuilder(
                        executable,
                        "dev",
                        "-n",
                        Integer.toString(NODES),
                        "--port",
                        Integer.toString(port),
                        "--data",
                        folder.resolve("data").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        process = builder.redirectErrorStream(true).redirectOutput(output().toFile()).start();
    }

    private Path output() {
        return folder.resolve("output.txt");
    }

    private String text() {
        try {
            return Files.readString(output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        await("the cluster's welcome")
                .atMost(PATIENCE)
                .until(() -> text().contains("Ctrl-C stops all of them") || !process.isAlive());
    }

    private int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void threeNodesServeTogetherAndStopTogether() throws Exception {
        // given
        start();
        awaitReady();
        try (var view = new ClusterView("127.0.0.1:" + (port + 2))) {
            view.awaitNodes(NODES);
        }
        var nodes = process.descendants().toList();

        // when
        process.toHandle().destroy();

        // then
        assertThat(awaitEnd()).isZero();
        assertThat(nodes).hasSizeGreaterThanOrEqualTo(NODES).noneMatch(ProcessHandle::isAlive);
        assertThat(text())
                .contains("node 1 | ", "node 3 | ")
                .contains("moldau produce greetings -b localhost:" + port);
    }

    @Test
    void theEndOfOneNodeEndsAllAndIsNamed() throws Exception {
        // given
        start();
        awaitReady();
        var oneNode = process.children().findFirst().orElseThrow();

        // when
        oneNode.destroyForcibly();

        // then
        assertThat(awaitEnd()).isEqualTo(FAILURE);
        assertThat(text()).containsPattern("Node \\d ended with status \\d+");
    }

    @Test
    void aPortInUseIsNamedBeforeAnythingStarts() throws Exception {
        try (var taken = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
            start();

            assertThat(awaitEnd()).isEqualTo(ADDRESS_IN_USE);
            assertThat(text()).contains("Port " + taken.getLocalPort() + " is in use");
        }
    }
}
