package io.moldau.chaos.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A client of another library, in a process of its own that is led line by line;
/// `remote_client.py` says how. Used by one thread, but for [#kill()].
final class RemoteClient implements AutoCloseable {
    private static final String SCRIPT = "remote_client.py";

    /// The system's own comes first: distributions package libraries for that one.
    private static final List<String> PYTHONS = List.of("/usr/bin/python3", "python3");

    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private final String greeting;

    private RemoteClient(Process process) {
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        greeting = readLine();
    }

    /// Starts a client where its library is installed.
    ///
    /// @param library as the script names it
    /// @return empty when no Python on this machine has it
    static Optional<RemoteClient> start(WorkloadPlan plan, String library, String name) {
        var script = plan.folder().resolve(SCRIPT);
        unpack(script);
        return PYTHONS.stream()
                .map(python -> start(python, script, library, plan.bootstrap(), name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<RemoteClient> start(
            String python, Path script, String library, String bootstrap, String name) {
        RemoteClient client;
        try {
            client =
                    new RemoteClient(
                            new ProcessBuilder(python, script.toString(), library, bootstrap, name)
                                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                                    .start());
        } catch (IOException _) {
            return Optional.empty(); // No such Python.
        }
        if (client.greeting.startsWith("ready ")) {
            return Optional.of(client);
        }
        client.close();
        return Optional.empty();
    }

    private static void unpack(Path script) {
        try (InputStream in = RemoteClient.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it is, such as `librdkafka 2.0.2, confluent_kafka 1.7.0`.
    String version() {
        return greeting.substring("ready ".length());
    }

    /// Asks, and waits for the answer.
    ///
    /// @return empty text when the process has ended
    String ask(String question) {
        try {
            questions.write(question + "\n");
            questions.flush();
        } catch (IOException _) {
            return ""; // It was killed.
        }
        return readLine();
    }

    private String readLine() {
        try {
            var line = answers.readLine();
            return line == null ? "" : line;
        } catch (IOException _) {
            return ""; // It was killed while it answered.
        }
    }

    /// Ends it as a crash would. Any thread may call.
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }

    /// The arguments of a question.
    static String joined(Stream<?> words) {
        return words.map(Object::toString).collect(Collectors.joining(" "));
    }
}
