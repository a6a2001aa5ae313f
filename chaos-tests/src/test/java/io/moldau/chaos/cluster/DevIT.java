package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `moldau dev`: several nodes as one command in the foreground.
class DevIT {
    private static final int FAILURE = 1;
    private static final int ADDRESS_IN_USE = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path folder;

    private DevProcess dev;
    private Process process;

    @BeforeEach
    void findPorts() {
        dev = new DevProcess(folder);
    }

    @AfterEach
    void stop() {
        dev.close();
    }

    private void start() {
        process = dev.start();
    }

    private String text() {
        return dev.text();
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
        try (var view = new ClusterView("127.0.0.1:" + (dev.port() + 2))) {
            view.awaitNodes(DevProcess.NODES);
        }
        var nodes = process.descendants().toList();

        // when
        process.toHandle().destroy();

        // then
        assertThat(awaitEnd()).isZero();
        assertThat(nodes)
                .hasSizeGreaterThanOrEqualTo(DevProcess.NODES)
                .noneMatch(ProcessHandle::isAlive);
        assertThat(text())
                .contains("node 1 | ", "node 3 | ")
                .contains("moldau produce greetings -b localhost:" + dev.port());
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
        try (var taken = new ServerSocket(dev.port() + 1, 1, InetAddress.getLoopbackAddress())) {
            start();

            assertThat(awaitEnd()).isEqualTo(ADDRESS_IN_USE);
            assertThat(text()).contains("Port " + taken.getLocalPort() + " is in use");
        }
    }
}
