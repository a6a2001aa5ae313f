package io.moldau.chaos.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of `moldau` with a command of its operators.
///
/// @param output what it printed, errors included
public record Command(int exitStatus, String output) {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    public static Command run(String... arguments) {
        return run(TIMEOUT, arguments);
    }

    /// @param timeout by when it must have ended
    public static Command run(Duration timeout, String... arguments) {
        var line = new ArrayList<>(List.of(Acceptance.executable().toString()));
        line.addAll(List.of(arguments));
        try {
            var folder = Files.createDirectories(Acceptance.work().resolve("commands"));
            var output = Files.createTempFile(folder, "moldau", ".out");
            var builder = new ProcessBuilder(line).redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            var process = builder.redirectOutput(output.toFile()).start();
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IllegalStateException(
                        line + " does not end: " + Files.readString(output));
            }
            return new Command(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
