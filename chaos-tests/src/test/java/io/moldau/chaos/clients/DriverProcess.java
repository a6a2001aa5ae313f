package io.moldau.chaos.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// One of our driver programs, in whatever language it is written.
final class DriverProcess implements ClientProcess {
    private static final int ANSWER_TIMEOUT_S = 120;
    private static final int END_TIMEOUT_S = 10;

    private final Process process;
    private final MemberHistory history;
    private final BlockingQueue<String[]> answers = new ArrayBlockingQueue<>(100);
    private final Path errors;

    DriverProcess(
            String name, List<String> commandLine, Map<String, String> environment, Path errors) {
        this.errors = errors;
        history = new MemberHistory(name);
        try {
            Files.createDirectories(errors.getParent());
            var builder = new ProcessBuilder(commandLine).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name(name).start(this::listen);
    }

    private void listen() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var fields = line.split("\t", -1);
                switch (fields[0]) {
                    case "produced", "cannot", "left" -> answers.add(fields);
                    case "failed" -> {
                        history.take(fields);
                        answers.add(fields);
                    }
                    case "assigned", "revoked", "record", "committed", "log" ->
                            history.take(fields);
                    default -> System.err.println(line); // A JVM's warnings, for one.
                }
            }
        } catch (IOException e) {
            answers.add(new String[] {"failed", "0", "output ended: " + e.getMessage()});
        }
        answers.offer(new String[] {"failed", "0", "the program ended, see " + errors});
    }

    private void command(String line) {
        try {
            var commands = process.getOutputStream();
            commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the program ended, see " + errors, e);
        }
    }

    private String[] answer() {
        try {
            var answer = answers.poll(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
            return answer == null
                    ? new String[] {"failed", "0", "no answer in time, see " + errors}
                    : answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Outcome produce(String topic, String codec, long from, int count) {
        command("produce %s %s %d %d".formatted(topic, codec, from, count));
        var answer = answer();
        return switch (answer[0]) {
            case "produced" -> new Outcome.Done();
            case "cannot" -> new Outcome.Cannot(answer[2]);
            default -> new Outcome.Failed(answer[2]);
        };
    }

    @Override
    public void join(String group, List<String> topics) {
        command("join %s %s".formatted(group, String.join(",", topics)));
    }

    @Override
    public void leave() {
        command("leave");
        var answer = answer();
        if (!answer[0].equals("left")) {
            throw new IllegalStateException(history + " cannot leave: " + answer[2]);
        }
    }

    @Override
    public MemberHistory history() {
        return history;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly(); // Its input is gone, so it is going as well.
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
