package io.moldau.chaos.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every refusal to start is one sentence and a documented exit status.
class StartIT {
    private static final int OK = 0;
    private static final int USAGE = 2;
    private static final int BAD_SETTING = 3;
    private static final int ADDRESS_IN_USE = 4;
    private static final int DATA_DIRECTORY = 5;

    @TempDir Path folder;

    @Test
    void stopsWithStatusZeroWhenItIsTold() {
        // given
        var broker = Acceptance.startBroker("stop");

        // when
        int status = broker.stop();

        // then
        assertThat(status).isEqualTo(OK);
        assertThat(broker.logText()).contains("serving").doesNotContain("Exception");
    }

    @Test
    void refusesAnAddressThatIsInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var run = start("--listen", "127.0.0.1:" + taken.getLocalPort(), "--data", data());

            assertThat(run.status()).isEqualTo(ADDRESS_IN_USE);
            assertThat(run.sentence()).contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void refusesADataDirectoryThatIsInUse() throws Exception {
        // given
        try (BrokerProcess broker = Acceptance.startBroker("in-use")) {
            // when
            var run = start("--listen", "127.0.0.1:0", "--data", broker.data().toString());

            // then
            assertThat(run.status()).isEqualTo(DATA_DIRECTORY);
            assertThat(run.sentence()).contains(broker.data().toString()).contains("--data");
        }
    }

    @Test
    void refusesADataDirectoryThatCannotBe() throws Exception {
        // given
        var file = Files.createFile(folder.resolve("file"));

        // when
        var run = start("--listen", "127.0.0.1:0", "--data", file.resolve("data").toString());

        // then
        assertThat(run.status()).isEqualTo(DATA_DIRECTORY);
        assertThat(run.sentence()).contains(file.toString());
    }

    @Test
    void refusesAValueThatASettingCannotHave() throws Exception {
        var run = start("--data", data(), "--override", "num.partitions=many");

        assertThat(run.status()).isEqualTo(BAD_SETTING);
        assertThat(run.sentence()).contains("num.partitions").contains("many");
    }

    @Test
    void refusesASettingsFileThatIsNotThere() throws Exception {
        var run = start("--config", folder.resolve("none.properties").toString());

        assertThat(run.status()).isEqualTo(BAD_SETTING);
        assertThat(run.sentence()).contains("none.properties");
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() throws Exception {
        var run = start("--dta", data());

        assertThat(run.status()).isEqualTo(USAGE);
        assertThat(run.sentence()).contains("--dta");
    }

    private record Run(int status, String sentence) {}

    private Run start(String... arguments) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(Acceptance.launch("refused").executable().toString(), "start"));
        command.addAll(List.of(arguments));
        var output = folder.resolve("output.txt").toFile();
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var lines = Files.readAllLines(output.toPath());
        assertThat(lines).filteredOn(line -> line.startsWith("moldau: ")).hasSize(1);
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
        return new Run(process.exitValue(), lines.getLast());
    }

    private String data() {
        return folder.resolve("data").toString();
    }
}
