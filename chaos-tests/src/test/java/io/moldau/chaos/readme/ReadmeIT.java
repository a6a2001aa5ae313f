package io.moldau.chaos.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README does what it says: its commands are run as they stand there.
///
/// Only address and data directory differ, so that a broker of the developer's own may go on.
class ReadmeIT {
    private static final Path CHECKOUT = Acceptance.checkout();
    private static final Pattern SHELL_BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");

    @TempDir Path folder;
    private List<String> blocks;
    private int port;
    private Process broker;

    @BeforeEach
    void startTheBrokerAsTheReadmeSays() throws IOException {
        var readme = Files.readString(CHECKOUT.resolve("README.md"));
        blocks = new ArrayList<>();
        SHELL_BLOCK.matcher(readme).results().forEach(block -> blocks.add(block.group(1).strip()));
        assertThat(blocks.getFirst()).isEqualTo("./moldau start");
        port = freePort();
        broker =
                shell(
                        "exec %s --listen 127.0.0.1:%d --data %s"
                                .formatted(blocks.getFirst(), port, folder.resolve("data")),
                        "broker.log",
                        CHECKOUT);
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(this::isListening);
    }

    @AfterEach
    void stopTheBroker() throws InterruptedException {
        broker.destroy();
        assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void carriesRealTextThroughAStockClient() throws Exception {
        assumeTrue(isInstalled("kcat"), "kcat is not installed");

        assertThat(output(blockWith("kcat -C"))).endsWith("same lines, same order\n");
    }

    @Test
    void carriesRealTextThroughItsOwnTools() throws Exception {
        // given
        output("seq 100000 | sed 's/.*/&:line number &/' > lines.txt");

        // when
        var output = output(blockWith("./moldau consume"));

        // then
        assertThat(output).endsWith("same lines, same order\n");
    }

    @Test
    void namesTheCommandThatTheContinuousIntegrationRuns() throws IOException {
        // given
        var tests = blocks.get(1);

        // when
        var run = Files.readString(CHECKOUT.resolve(".ci/run"));

        // then
        assertThat(tests).isEqualTo("./mvnw verify");
        assertThat(run).contains("./mvnw -B verify");
    }

    private String blockWith(String command) {
        return blocks.stream().filter(block -> block.contains(command)).findFirst().orElseThrow();
    }

    private String output(String commands) throws Exception {
        var here =
                commands.replace("localhost:9092", "127.0.0.1:" + port)
                        .replace("./moldau", CHECKOUT.resolve("moldau").toString());
        var process = shell(here, "output.txt", folder);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return Files.readString(folder.resolve("output.txt"));
    }

    private Process shell(String commands, String output, Path directory) throws IOException {
        var builder = new ProcessBuilder("sh", "-c", commands).directory(directory.toFile());
        builder.environment().put("MOLDAU_NO_BUILD", "1");
        builder.environment().put("MOLDAU_BOOTSTRAP", "127.0.0.1:" + port);
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve(output).toFile())
                .start();
    }

    private boolean isListening() throws IOException {
        assertThat(broker.isAlive())
                .withFailMessage(() -> "the broker ended: " + brokerLog())
                .isTrue();
        try (var socket = new java.net.Socket()) {
            socket.connect(
                    new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (java.net.ConnectException notYet) {
            return false;
        }
    }

    private String brokerLog() {
        try {
            return Files.readString(folder.resolve("broker.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean isInstalled(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
