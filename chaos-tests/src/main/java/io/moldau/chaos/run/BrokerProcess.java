package io.moldau.chaos.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One broker as its own process, on a data folder that outlives it.
///
/// Only the process that was started here is ever signalled, by its id. Not for use from several
/// threads at once.
public final class BrokerProcess implements AutoCloseable {
    /// A machine on which much else runs may take its time.
    private static final Duration START_TIMEOUT = Duration.ofMinutes(4);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Launch launch;
    private int starts;
    private long beganNanos;
    private Process process;

    private BrokerProcess(Launch launch) {
        this.launch = launch;
    }

    /// How to start it.
    ///
    /// @param executable the `moldau` file
    /// @param home its folder: `data/`, where `--data` says nothing else, and one log per start
    /// @param port on 127.0.0.1
    /// @param arguments more of `moldau start`, such as `--override`, `key=value`
    /// @param environment on top of this process's own
    /// @param prefix a command that runs the rest of its line, such as one that lowers a limit
    ///   first
    /// @param bare whether address and data folder are left to the environment
    public record Launch(
            Path executable,
            Path home,
            int port,
            List<String> arguments,
            Map<String, String> environment,
            List<String> prefix,
            boolean bare) {
        public static Launch of(Path executable, Path home, int port) {
            return new Launch(executable, home, port, List.of(), Map.of(), List.of(), false);
        }

        /// As a container is started: nothing on the command line.
        public static Launch bare(
                Path executable, Path home, int port, Map<String, String> environment) {
            return new Launch(executable, home, port, List.of(), environment, List.of(), true);
        }

        public Launch withOverrides(String... keyValues) {
            var more = new ArrayList<>(arguments);
            for (var keyValue : keyValues) {
                more.add("--override");
                more.add(keyValue);
            }
            return new Launch(executable, home, port, List.copyOf(more), environment, prefix, bare);
        }

        public Launch withArguments(String... moreArguments) {
            var more = new ArrayList<>(arguments);
            more.addAll(List.of(moreArguments));
            return new Launch(executable, home, port, List.copyOf(more), environment, prefix, bare);
        }

        public Launch withPrefix(String... command) {
            return new Launch(
                    executable, home, port, arguments, environment, List.of(command), bare);
        }

        public Launch withEnvironment(Map<String, String> more) {
            var all = new HashMap<>(environment);
            all.putAll(more);
            return new Launch(executable, home, port, arguments, Map.copyOf(all), prefix, bare);
        }

        private List<String> commandLine() {
            var line = new ArrayList<>(prefix);
            line.addAll(List.of(executable.toString(), "start"));
            if (!bare) {
                if (!arguments.contains("--data")) {
                    line.addAll(List.of("--data", home.resolve("data").toString()));
                }
                line.addAll(List.of("--listen", "127.0.0.1:" + port));
            }
            line.addAll(arguments);
            return line;
        }
    }

    /// One that is not running yet.
    public static BrokerProcess of(Launch launch) {
        return new BrokerProcess(launch);
    }

    /// Starts it and waits until it serves.
    ///
    /// @throws IllegalStateException it ended or did not serve in time; the message carries the end
    ///   of its log
    public static BrokerProcess start(Launch launch) {
        var broker = new BrokerProcess(launch);
        broker.start();
        return broker;
    }

    /// Starts it again on the same data.
    ///
    /// @return from the start of the process to its first answer
    public Duration start() {
        launch();
        awaitServing();
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /// Starts it and does not wait.
    public void launch() {
        launch(Map.of());
    }

    /// Starts it, this once with more in its environment, and does not wait.
    public void launch(Map<String, String> environment) {
        if (isAlive()) {
            throw new IllegalStateException("already running as " + pid());
        }
        try {
            Files.createDirectories(launch.home());
            starts++;
            var builder = new ProcessBuilder(launch.commandLine());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().putAll(launch.environment());
            builder.environment().putAll(environment);
            builder.directory(launch.home().toFile());
            builder.redirectErrorStream(true).redirectOutput(log().toFile());
            beganNanos = System.nanoTime();
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + launch.executable(), e);
        }
    }

    /// Waits until it answers on its port.
    ///
    /// @throws IllegalStateException it ended or did not serve in time; the message carries the end
    ///   of its log
    public void awaitServing() {
        var probe = new Probe("127.0.0.1", launch.port());
        while (!probe.answers()) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "broker ended with status %d\n%s"
                                .formatted(process.exitValue(), logTail()));
            }
            if (System.nanoTime() - beganNanos > START_TIMEOUT.toNanos()) {
                kill();
                throw new IllegalStateException("broker does not serve\n" + logTail());
            }
        }
    }

    /// `kill -9`, and waits until the process is gone.
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        await(STOP_TIMEOUT);
    }

    /// SIGTERM, and waits.
    ///
    /// @return its exit status
    public int stop() {
        process.destroy();
        if (!await(STOP_TIMEOUT)) {
            kill();
            throw new IllegalStateException("broker does not stop\n" + logTail());
        }
        return process.exitValue();
    }

    /// Stops it as a debugger would: its sockets stay open and nobody answers.
    public void pause() {
        signal("-STOP");
    }

    /// Lets it go on after [#pause()].
    public void resume() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            var kill = new ProcessBuilder("kill", signal, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("cannot send %s to %d".formatted(signal, pid()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling " + pid(), e);
        }
    }

    private boolean await(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + pid(), e);
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /// How it ended.
    public int exitStatus() {
        return process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    public ProcessFigures figures() {
        return ProcessFigures.of(pid());
    }

    public String bootstrap() {
        return "127.0.0.1:" + launch.port();
    }

    public int port() {
        return launch.port();
    }

    public Path data() {
        return launch.home().resolve("data");
    }

    /// What the latest start printed.
    public Path log() {
        return launch.home().resolve("broker-" + starts + ".log");
    }

    public String logText() {
        try {
            return new String(Files.readAllBytes(log()), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logTail() {
        var text = logText();
        return text.substring(Math.max(0, text.length() - 4000));
    }

    @Override
    public void close() {
        if (isAlive()) {
            stop();
        }
    }
}
