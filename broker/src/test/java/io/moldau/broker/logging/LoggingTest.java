package io.moldau.broker.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private static final String NAME = "moldau.test.Here";
    private static final Logger LOGGER = LoggerFactory.getLogger(NAME);

    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void catchTheErrorStream() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(stderr);
        Logging.setFormat(Logging.Format.TEXT);
        Logging.setLevel(NAME, Optional.empty());
        Logging.setLevel("moldau.test", Optional.empty());
        Logging.setLevel("root", Optional.empty());
    }

    private String lines() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void slf4jFindsUs() {
        assertThat(LOGGER).isInstanceOf(EventLogger.class);
    }

    @Test
    void writesKeysAndArguments() {
        // when
        LOGGER.atWarn().addKeyValue("epoch", 3).addArgument("fetch").log("{} fenced");
        LOGGER.info("{} and {}", 1, "two");

        // then
        assertThat(lines())
                .containsPattern("WARN +moldau.test.Here  fetch fenced epoch=3\n")
                .containsPattern("INFO +moldau.test.Here  1 and two\n");
    }

    @Test
    void takesTheLastArgumentForTheFailure() {
        // when
        LOGGER.error("lost {}", "t-0", new IllegalStateException("planted"));

        // then
        assertThat(lines()).contains("lost t-0\njava.lang.IllegalStateException: planted\n");
    }

    @Test
    void theLongestNameDecidesTheLevel() {
        // given
        Logging.setLevel("moldau.test", Optional.of(Threshold.ERROR));
        Logging.setLevel(NAME, Optional.of(Threshold.DEBUG));

        // when
        LOGGER.debug("told");
        LOGGER.trace("untold");
        LoggerFactory.getLogger("moldau.test.Elsewhere").warn("untold");

        // then
        assertThat(lines()).contains("told").doesNotContain("untold");
    }

    @Test
    void followsTheNameAboveWhenItsOwnLevelIsTakenBack() {
        // given
        Logging.setLevel(NAME, Optional.of(Threshold.OFF));
        Logging.setLevel(NAME, Optional.empty());

        // when
        LOGGER.info("told");

        // then
        assertThat(lines()).contains("told");
        assertThat(Logging.levels()).containsEntry(NAME, Threshold.INFO);
    }

    @Test
    void readsLevelsAsTheyStandInTheEnvironment() {
        // when
        Logging.setLevels("error, moldau.test.Here=trace, moldau.test=loud");

        // then
        assertThat(LOGGER.isTraceEnabled()).isTrue();
        assertThat(Logging.levels()).containsEntry("root", Threshold.ERROR);
    }

    @Test
    void keepsLibrariesQuiet() {
        assertThat(LoggerFactory.getLogger("org.apache.ratis.server").isInfoEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("io.netty.util").isInfoEnabled()).isFalse();
    }

    @Test
    void writesJsonWhenAsked() {
        // given
        Logging.setFormat(Logging.Format.JSON);

        // when
        LOGGER.info("told");

        // then
        assertThat(lines()).startsWith("{\"time\":\"").endsWith("\"message\":\"told\"}\n");
    }

    /// In a process of its own, since the JDK's log is set up once.
    @Test
    void bringsInTheLogOfTheJdk() throws Exception {
        // given
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName());

        // when
        var process = command.redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // then
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(output).containsPattern("Z WARN +x.y.Z  number 7\n").doesNotContain("untold");
    }

    static final class Program {
        public static void main(String[] args) {
            Logging.install();
            var logger = java.util.logging.Logger.getLogger("x.y.Z");
            logger.log(java.util.logging.Level.WARNING, "number {0}", 7);
            logger.fine("untold");
        }
    }
}
