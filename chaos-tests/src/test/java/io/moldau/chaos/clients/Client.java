package io.moldau.chaos.clients;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A client library in one release, and how its program is started.
sealed interface Client {
    String name();

    /// Its name and release, for people.
    default String label() {
        return name();
    }

    default boolean isWanted() {
        return name().contains(System.getProperty("moldau.only", ""));
    }

    /// Why it cannot be run on this machine, if it cannot.
    Optional<String> missing();

    /// @param member names the process in reports and log files
    ClientProcess start(String member, String bootstrap);

    /// Of all in the matrix, the ones that people have.
    static List<Client> all() {
        return List.of(
                new Java("4.4.0", List.of()),
                new Java("3.9.1", List.of()),
                new Java("2.8.2", List.of()),
                new Java("2.5.1", List.of()),
                new Spring(),
                new Kcat(),
                kafkaPython(),
                confluentPython(),
                new KafkaJs());
    }

    static Client kafkaPython() {
        return new Python("kafka-python", "kafka", "kafka.__version__", "kafka_python.py");
    }

    static Client confluentPython() {
        return new Python(
                "confluent-kafka-python",
                "confluent_kafka",
                "confluent_kafka.version()[0]",
                "confluent_kafka_python.py");
    }

    /// @param settings `key=value` for its consumers
    record Java(String version, List<String> settings) implements Client {
        @Override
        public String name() {
            return "kafka-clients "
                    + version
                    + (settings.isEmpty() ? "" : " " + settings.getFirst().replaceAll(".*\\.", ""));
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty(); // The build fetches it.
        }

        @Override
        public ClientProcess start(String member, String bootstrap) {
            var line = new ArrayList<>(Acceptance.java("128m"));
            line.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
            var jars = Acceptance.client("kafka-clients-" + version);
            line.addAll(
                    List.of(
                            "-cp",
                            Acceptance.classPath(JavaDriver.class, jars),
                            JavaDriver.class.getName(),
                            bootstrap));
            line.addAll(settings);
            return new DriverProcess(member, line, Map.of(), errorsOf(member));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    record Spring() implements Client {
        @Override
        public String name() {
            return "spring-kafka 4.1.1";
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }

        @Override
        public ClientProcess start(String member, String bootstrap) {
            var line = new ArrayList<>(Acceptance.java("192m"));
            var jars = Acceptance.client("spring-kafka");
            line.addAll(
                    List.of(
                            "-cp",
                            Acceptance.classPath(SpringDriver.class, jars),
                            SpringDriver.class.getName(),
                            bootstrap));
            return new DriverProcess(member, line, Map.of(), errorsOf(member));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    record Kcat() implements Client {
        @Override
        public String name() {
            return "kcat";
        }

        @Override
        public String label() {
            return output("kcat", "-V")
                    .lines()
                    .filter(line -> line.startsWith("Version "))
                    .map(line -> "kcat " + line.split(" ", -1)[1])
                    .findFirst()
                    .orElse("kcat");
        }

        @Override
        public Optional<String> missing() {
            return fails("kcat", "-V") ? Optional.of("kcat is not installed") : Optional.empty();
        }

        @Override
        public ClientProcess start(String member, String bootstrap) {
            return new KcatProcess(member, bootstrap, errorsOf(member));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /// The distribution's Python and its packages, not whatever a version manager puts before them.
    record Python(String name, String module, String version, String script) implements Client {
        private static final String PYTHON = "/usr/bin/python3";

        @Override
        public String label() {
            return name
                    + " "
                    + output(PYTHON, "-c", "import %s; print(%s)".formatted(module, version));
        }

        @Override
        public Optional<String> missing() {
            return fails(PYTHON, "-c", "import " + module)
                    ? Optional.of("%s cannot import %s".formatted(PYTHON, module))
                    : Optional.empty();
        }

        @Override
        public ClientProcess start(String member, String bootstrap) {
            return new DriverProcess(
                    member,
                    List.of(PYTHON, extracted(script).toString(), bootstrap),
                    Map.of(),
                    errorsOf(member));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    record KafkaJs() implements Client {
        /// The client and the codecs that its manual tells people to add.
        private static final List<String> PACKAGES =
                List.of(
                        "kafkajs@2.2.4",
                        "kafkajs-snappy@1.1.0",
                        "lz4-napi@2.10.0",
                        "@mongodb-js/zstd@1.2.2");

        @Override
        public String name() {
            return "kafkajs 2.2.4";
        }

        @Override
        public Optional<String> missing() {
            if (fails("node", "--version")) {
                return Optional.of("node is not installed");
            }
            var home = home();
            if (Files.isDirectory(home.resolve("node_modules/kafkajs"))) {
                return Optional.empty();
            }
            var install =
                    new ArrayList<>(
                            List.of(
                                    "npm",
                                    "install",
                                    "--no-audit",
                                    "--no-fund",
                                    "--prefix",
                                    home.toString()));
            install.addAll(PACKAGES);
            return fails(install.toArray(String[]::new))
                    ? Optional.of("npm cannot install kafkajs")
                    : Optional.empty();
        }

        @Override
        public ClientProcess start(String member, String bootstrap) {
            var environment = Map.of("NODE_PATH", home().resolve("node_modules").toString());
            var line = List.of("node", extracted("kafkajs.js").toString(), bootstrap);
            return new DriverProcess(member, line, environment, errorsOf(member));
        }

        private static Path home() {
            return Acceptance.client("kafkajs");
        }

        @Override
        public String toString() {
            return name();
        }
    }

    private static Path errorsOf(String member) {
        return Acceptance.work().resolve("clients").resolve(member.replace(' ', '-') + ".err");
    }

    private static Path extracted(String script) {
        try (InputStream in = Client.class.getResourceAsStream("/drivers/" + script)) {
            var file = Acceptance.work().resolve("drivers").resolve(script);
            Files.createDirectories(file.getParent());
            var part = Files.createTempFile(file.getParent(), script, ".part");
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(
                    part,
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a command prints, nothing when there is no such command.
    private static String output(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean fails(String... command) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return !process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0;
        } catch (IOException e) {
            return true; // There is no such program.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
