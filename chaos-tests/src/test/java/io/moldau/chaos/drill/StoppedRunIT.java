package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.OwnNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A run that is told to end, as Ctrl-C does, ends in order: its faults are undone, what there is
/// gets read back, judged and told, and no process stays behind.
class StoppedRunIT {
    /// Some seconds of operations, and with them some faults.
    private static final long HISTORY_BYTES = 400_000;

    private static final Duration ENDS_WITHIN = Duration.ofMinutes(3);

    @Test
    void tellsProgramsWhatCameOfIt() throws Exception {
        // given
        var out = Acceptance.work().resolve("stopped-run");
        OwnNodes.delete(out);
        var told = Files.createDirectories(Acceptance.work()).resolve("stopped-run.json");
        var run = start(out, told);
        await().atMost(ENDS_WITHIN)
                .until(() -> sizeOf(out.resolve("history.edn")) > HISTORY_BYTES || !run.isAlive());

        // when
        run.destroy();
        boolean hasEnded = run.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS);

        // then
        assertThat(hasEnded).isTrue();
        assertThat(Files.readAllLines(told))
                .singleElement()
                .asString()
                .startsWith("{\"broker\":\"Moldau ")
                .contains("\"passed\":true", "\"anomalies\":{}", "\"problems\":[]")
                .containsPattern("\"faults\":\\{\"(client-crash|elect|pause)\":[1-9]")
                .endsWith("}");
        assertThat(Files.readString(out.resolve("report.html"))).contains("</html>");
        assertThat(processesOn(out)).isEmpty();
    }

    private static Process start(Path out, Path told) throws IOException {
        var builder =
                new ProcessBuilder(
                        Acceptance.executable().toString(),
                        "chaos",
                        "run",
                        "--minutes",
                        "30",
                        "--faults",
                        "client-crash,elect,pause",
                        "--workload",
                        "assign,group",
                        "--format",
                        "json",
                        "--out",
                        out.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.redirectOutput(told.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static long sizeOf(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static List<String> processesOn(Path folder) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(folder.toString()))
                .toList();
    }
}
