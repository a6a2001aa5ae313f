package io.moldau.chaos.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script at the head of the executable, on made-up Javas that print how they were called.
class LauncherTest {
    private static final Path SCRIPT =
            Path.of("..", "deploy", "src", "main", "launcher", "moldau.sh")
                    .toAbsolutePath()
                    .normalize();

    @TempDir Path folder;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void startFromAnEmptyMachine() throws IOException {
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", Files.createDirectory(folder.resolve("home")).toString());
        // In place of the usual folders, in which this machine may have anything.
        environment.put("MOLDAU_JAVA_FOLDERS", folder.resolve("jvm").toString());
        environment.put("JAVA_HOME", java("on-path", "17.0.1").toString());
        environment.put("PATH", folder.resolve("on-path/bin") + ":/usr/bin:/bin");
    }

    @Test
    void saysInOneSentenceThatThereIsNoJava() throws Exception {
        // when
        var run = run("topics", "list");

        // then
        assertThat(run.status()).isEqualTo(7);
        assertThat(run.lines()).hasSize(1);
        assertThat(run.lines().getFirst()).startsWith("moldau: needs Java 25 or later");
    }

    @Test
    void takesTheJavaThatItIsToldToTake() throws Exception {
        // given
        environment.put("MOLDAU_JAVA_HOME", java("told", "25.0.3").toString());
        environment.put("JAVA_HOME", java("java-home", "25").toString());

        // when
        var run = run("--version");

        // then
        assertThat(run.lines().getFirst()).isEqualTo("told");
    }

    @Test
    void passesOverAnOlderJava() throws Exception {
        // given
        environment.put("MOLDAU_JAVA_HOME", java("told", "21.0.2").toString());
        java("jvm/a-jdk-24", "24.0.1");
        java("jvm/b-jdk-26", "26-ea");

        // when
        var run = run("--version");

        // then
        assertThat(run.lines().getFirst()).isEqualTo("jvm/b-jdk-26");
    }

    @Test
    void followsTheLinkOnThePath() throws Exception {
        // given
        var home = java("linked", "25.0.3");
        var bin = Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), home.resolve("bin/java"));
        environment.put("PATH", bin + ":/usr/bin:/bin");

        // when
        var run = run("--version");

        // then
        assertThat(run.lines().getFirst()).isEqualTo("linked");
    }

    @Test
    void asksAJavaThatDoesNotSayItsVersionInAFile() throws Exception {
        // given
        Files.delete(java("jvm/jdk", "25.0.3").resolve("release"));

        // when
        var run = run("--version");

        // then
        assertThat(run.lines().getFirst()).isEqualTo("jvm/jdk");
    }

    @Test
    void handsOnArgumentsUnchanged() throws Exception {
        // given
        java("jvm/jdk", "25.0.3");

        // when
        var run = run("produce", "two words", "*", "", "$HOME", "it's");

        // then
        assertThat(run.lines())
                .endsWith("io.moldau.cli.Main", "produce", "two words", "*", "", "$HOME", "it's");
    }

    @Test
    void fitsTheBrokersHeapToTheMachine() throws Exception {
        // given
        java("jvm/jdk", "25.0.3");

        // when
        var run = run("start");

        // then
        assertThat(run.lines()).anyMatch(line -> line.matches("-Xmx\\d+m"));
        assertThat(run.lines())
                .contains("-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError");
    }

    @Test
    void letsTheOperatorDecideOnHeapAndOptions() throws Exception {
        // given
        java("jvm/jdk", "25.0.3");
        environment.put("KAFKA_HEAP_OPTS", "-Xmx333m -Xms11m");
        environment.put("MOLDAU_JVM_OPTS", "-Da=1 -XX:+UseG1GC");

        // when
        var run = run("start");

        // then
        assertThat(run.lines())
                .contains("-Xmx333m", "-Xms11m")
                .filteredOn(line -> line.startsWith("-Xmx"))
                .hasSize(1);
        assertThat(run.lines().indexOf("-XX:+UseG1GC"))
                .isGreaterThan(run.lines().indexOf("-XX:+UseSerialGC"));
    }

    @Test
    void usesTheStartUpCacheThatFitsBest() throws Exception {
        // given
        java("jvm/jdk", "25.0.3");
        var without = run("start");
        var cache = folder.resolve("cache");
        environment.put("XDG_CACHE_HOME", cache.toString());
        var made = Path.of(run("start").valueOf("MOLDAU_AOT_FILE"));

        // when
        Files.createDirectories(made.getParent());
        Files.createFile(made);
        var with = run("start");

        // then
        assertThat(without.valueOf("MOLDAU_AOT_FILE"))
                .startsWith(folder.resolve("home/.cache/moldau").toString());
        assertThat(without.lines()).noneMatch(line -> line.startsWith("-XX:AOTCache="));
        assertThat(with.lines()).contains("-XX:AOTCache=" + made);
        assertThat(with.valueOf("MOLDAU_AOT_FILE")).isEmpty();
    }

    @Test
    void findsItselfThroughALink() throws Exception {
        // given
        java("jvm/jdk", "25.0.3");
        var link = Files.createSymbolicLink(folder.resolve("moldau"), SCRIPT);

        // when
        var run = execute(List.of(link.toString(), "--version"));

        // then
        assertThat(run.lines()).contains("-Dmoldau.executable=" + SCRIPT);
    }

    private record Run(int status, List<String> lines) {
        String valueOf(String variable) {
            return lines.stream()
                    .filter(line -> line.startsWith(variable + "="))
                    .map(line -> line.substring(variable.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }

    /// A Java that prints its name, what it is told about the start-up cache, and its arguments.
    private Path java(String name, String version) throws IOException {
        var home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
        var java = home.resolve("bin/java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                [ "$1" = -version ] && echo 'openjdk version "%s"' >&2 && exit
                echo "%s"
                echo "MOLDAU_AOT_FILE=$MOLDAU_AOT_FILE"
                printf '%%s\\n' "$@"
                """
                        .formatted(version, name));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }

    private Run run(String... args) throws Exception {
        var command = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        command.addAll(List.of(args));
        return execute(command);
    }

    private Run execute(List<String> command) throws Exception {
        var output = Files.createTempFile(folder, "output", ".txt");
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
    }
}
