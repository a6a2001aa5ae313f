package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void saysAtOnceThatNoBrokerAnswers() throws IOException {
        // given
        int closedPort = closedPort();
        var begin = Instant.now();

        // when
        int status = run("topics", "list", "-b", "127.0.0.1:" + closedPort);

        // then
        assertThat(status).isEqualTo(ExitStatus.FAILURE);
        assertThat(text(err))
                .isEqualTo(
                        "moldau: No broker answers at 127.0.0.1:%d (Connection refused): is it running? Start one with: moldau start\n"
                                .formatted(closedPort));
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topisc",
                "topics crate",
                "topics create",
                "topics list --frobnicate",
                "topics list -b nowhere",
                "topics --zookeeper localhost:2181 --list",
                "kafka-topics --zookeeper localhost:2181 --list",
                "consume",
                "consume t -o soon",
                "consume t -f %q",
                "groups reset-offsets g --to 5 --frobnicate",
                "cluster info --format xml",
                "produce t -k a -K :"
            })
    void answersWhatItDoesNotUnderstandInOneSentence(String line) {
        // when
        int status = run(line.split(" ", -1));

        // then
        assertThat(status).isEqualTo(ExitStatus.USAGE);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).startsWith("moldau: ").doesNotContain("Exception").hasLineCount(1);
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        // when
        run("topics", "creat", "orders");

        // then
        assertThat(text(err)).contains("Did you mean create");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "--help", "topics", "topics create --help", "kafka-topics", "--version"})
    void helpsOnStandardOutput(String line) {
        // when
        int status = run(line.isEmpty() ? new String[0] : line.split(" ", -1));

        // then
        assertThat(status).isEqualTo(ExitStatus.OK);
        assertThat(text(out)).isNotEmpty();
        assertThat(text(err)).isEmpty();
    }

    private int run(String... args) {
        var session =
                new Session(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false);
        return Main.run(session, args);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
