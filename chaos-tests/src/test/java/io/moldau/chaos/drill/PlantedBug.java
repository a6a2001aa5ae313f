package io.moldau.chaos.drill;

import io.moldau.chaos.run.Acceptance;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/// A bug for real processes: one class of the broker is compiled anew with a line changed, and
/// comes before the right one on the class path.
///
/// @param label names it
/// @param source the class's file, from the top of the checkout
/// @param right what the line is; it must be there once
/// @param wrong what it becomes
/// @param faults that bring it to light
/// @param names anomalies of which at least one must be reported
/// @param settings of the brokers, as `KEY=VALUE`, that it takes to show within a minute
record PlantedBug(
        String label,
        String source,
        String right,
        String wrong,
        List<String> faults,
        List<String> names,
        List<String> settings) {
    private static final String REPLICATION = "broker/src/main/java/io/moldau/broker/replication/";
    private static final String PARTITION = "broker/src/main/java/io/moldau/broker/partition/";

    static final List<PlantedBug> ALL =
            List.of(
                    new PlantedBug(
                            "acknowledges before the replicas have it",
                            PARTITION + "Appends.java",
                            "if (endOffset <= (all ? partition.highWatermark() : keeper.promisedEnd())) {",
                            "if (endOffset <= keeper.promisedEnd()) {",
                            List.of("isolate", "kill"),
                            List.of("lost-write"),
                            List.of()),
                    new PlantedBug(
                            "forgets what producers have sent",
                            "raft-log/src/main/java/io/moldau/log/ProducerStates.java",
                            """
                                    var entry = entries.get(producerId);
                                    if (entry == null) {
                                        return null;
                                    }
                                    if (epoch < entry.epoch) {
                            """
                                    .stripTrailing(),
                            """
                                    var entry = entries.get(producerId);
                                    if (entry == null || entry.count() >= 0) {
                                        return null;
                                    }
                                    if (epoch < entry.epoch) {
                            """
                                    .stripTrailing(),
                            List.of("pause", "kill", "isolate"),
                            List.of("duplicate"),
                            List.of()),
                    new PlantedBug(
                            "lets consumers read what is not committed",
                            PARTITION + "Partition.java",
                            "item.readFrom(log(), highWatermark, leadership(), !role().leads());",
                            "item.readFrom(log(), log().logEndOffset(), leadership(), !role().leads());",
                            List.of("isolate", "pause"),
                            List.of("inconsistent-offsets", "aborted-read", "unseen"),
                            List.of()),
                    new PlantedBug(
                            "lets a former leader keep what its successor does not have",
                            REPLICATION + "LeaderReplica.java",
                            "return here.epoch() < lastFetchedEpoch || here.endOffset() < fetchOffset ? here : null;",
                            "return null;",
                            List.of("isolate", "cut", "elect"),
                            List.of("inconsistent-offsets", "lost-write"),
                            List.of()),
                    new PlantedBug(
                            "elects whoever lives",
                            "metadata-quorum/src/main/java/io/moldau/metadata/placement/LeaderChoice.java",
                            "if (isr.contains(replica) && alive.test(replica)) {",
                            "if (alive.test(replica)) {",
                            List.of("cut", "kill"),
                            List.of("lost-write", "inconsistent-offsets"),
                            List.of("replica.lag.time.max.ms=1000")),
                    new PlantedBug(
                            "does not keep every committed offset",
                            "metadata-quorum/src/main/java/io/moldau/metadata/OffsetTable.java",
                            "if (topic.hasPartition(commit.partition())) {",
                            "if (topic.hasPartition(commit.partition()) && commit.offset() % 4 != 0) {",
                            List.of("client-crash", "elect"),
                            List.of("commit-went-back"),
                            List.of()));

    /// Makes a `moldau` that has the bug.
    ///
    /// @return a script that takes the place of the executable
    Path plant(Path folder) {
        try {
            var classes = Files.createDirectories(folder.resolve("classes"));
            compile(changedSource(folder), classes);
            var script = folder.resolve("moldau");
            Files.writeString(
                    script,
                    """
                    #!/bin/sh
                    exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx384m \\
                        --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \\
                        $MOLDAU_JVM_OPTS -cp '%s' io.moldau.cli.Main "$@"
                    """
                            .formatted(
                                    Path.of(System.getProperty("java.home"), "bin", "java"),
                                    classes + File.pathSeparator + classPath()));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path changedSource(Path folder) throws IOException {
        var file = Acceptance.checkout().resolve(source);
        var changed = Files.createDirectories(folder.resolve("source")).resolve(file.getFileName());
        return Files.writeString(changed, changedText(Acceptance.checkout()));
    }

    /// The class with the bug.
    ///
    /// @throws IllegalStateException it cannot be planted any more
    String changedText(Path checkout) throws IOException {
        var text = Files.readString(checkout.resolve(source));
        int at = text.indexOf(right);
        if (at < 0 || text.indexOf(right, at + 1) >= 0) {
            throw new IllegalStateException(
                    "%s no longer has this line once: %s".formatted(source, right));
        }
        return text.replace(right, wrong);
    }

    private static void compile(Path changed, Path classes) {
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-nowarn",
                                "-proc:none",
                                "-cp",
                                classPath(),
                                "-d",
                                classes.toString(),
                                changed.toString());
        if (status != 0) {
            throw new IllegalStateException("does not compile: " + changed);
        }
    }

    private static String classPath() {
        if (PlantedBug.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        var ofTests = System.getProperty("surefire.test.class.path");
        return ofTests == null ? System.getProperty("java.class.path") : ofTests;
    }

    @Override
    public String toString() {
        return label;
    }
}
