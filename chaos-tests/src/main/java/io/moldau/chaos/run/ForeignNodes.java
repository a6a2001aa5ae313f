package io.moldau.chaos.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Somebody else's cluster: its nodes are ended and started by commands that its owner names.
public final class ForeignNodes implements Nodes {
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    private final String bootstrap;
    private final List<Integer> ids;
    private final Map<Verb, String> commands;

    /// What can be asked of a node.
    public enum Verb {
        KILL,
        STOP,
        START,
        PAUSE,
        RESUME
    }

    /// @param commands lines for a shell in which `{id}` stands for the node; verbs may be missing
    public ForeignNodes(String bootstrap, List<Integer> ids, Map<Verb, String> commands) {
        this.bootstrap = bootstrap;
        this.ids = ids.stream().sorted().toList();
        this.commands = Map.copyOf(commands);
    }

    public boolean can(Verb verb) {
        return commands.containsKey(verb);
    }

    private void run(Verb verb, int id) {
        var line =
                Optional.ofNullable(commands.get(verb))
                        .orElseThrow(() -> new IllegalStateException("no command to " + verb))
                        .replace("{id}", Integer.toString(id));
        try {
            var process =
                    new ProcessBuilder("sh", "-c", line)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("'%s' does not end".formatted(line));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        "'%s' ended with status %d".formatted(line, process.exitValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while '%s' ran".formatted(line), e);
        }
    }

    @Override
    public List<Integer> ids() {
        return ids;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public void kill(int id) {
        run(Verb.KILL, id);
    }

    @Override
    public void stop(int id) {
        run(Verb.STOP, id);
    }

    @Override
    public void start(int id) {
        run(Verb.START, id);
    }

    @Override
    public void pause(int id) {
        run(Verb.PAUSE, id);
    }

    @Override
    public void resume(int id) {
        run(Verb.RESUME, id);
    }

    @Override
    public void close() {
        // It goes on: it is not ours.
    }
}
