package io.moldau.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aGoodHistoryEndsWithZero() throws URISyntaxException {
        // when
        int status = check(history("good"));

        // then
        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("3 acknowledged, 4 read")
                .contains("anomalies         none");
    }

    @Test
    void aBadOneEndsWithOneAndIsQuoted() throws URISyntaxException {
        // when
        int status = check(history("lost-write"));

        // then
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).contains("1 lost-write").contains("[:send 1 [0 7]]");
    }

    @Test
    void whatAdminsWereToldIsJudgedToo() throws URISyntaxException {
        // when
        int status = check(history("good"), "--metadata", history("not-linearizable"));

        // then
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).contains("1 not-linearizable");
    }

    @Test
    void whatIsNoHistoryEndsWithTwoAndItsLineIsNamed() throws IOException {
        // given
        var file = Files.writeString(folder.resolve("history.edn"), "{:index 0}\n");

        // when
        int status = check(file.toString());

        // then
        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).contains("line 1").contains(":type");
    }

    private int check(String... arguments) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private static String history(String name) throws URISyntaxException {
        return Path.of(CheckCommandTest.class.getResource(name + ".edn").toURI()).toString();
    }
}
