package io.moldau.broker.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;

/// `meta.properties`: whose data a directory holds. The file and its keys are Kafka's.
///
/// @param directoryId tells the directories of one node apart
record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {
    private static final String FILE = "meta.properties";

    /// What `directory` says of itself; empty if nothing was ever stored there.
    static Optional<MetaProperties> read(Path directory) {
        var file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return Optional.of(parsed(properties));
        } catch (IOException e) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "%s cannot be read (%s): check its permissions".formatted(file, e.getMessage()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "%s is damaged (%s): restore it, or use another directory"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static MetaProperties parsed(Properties properties) {
        var directoryId = properties.getProperty("directory.id");
        return new MetaProperties(
                required(properties, "cluster.id"),
                Integer.parseInt(nodeIdOf(properties)),
                directoryId == null ? Uuid.randomUuid() : Uuid.fromString(directoryId));
    }

    private static String nodeIdOf(Properties properties) {
        var old = properties.getProperty("broker.id"); // Version 0 of Kafka's file.
        return old == null ? required(properties, "node.id") : old;
    }

    private static String required(Properties properties, String key) {
        var value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    /// Replaces the file in one step: a crash leaves the old one or the new one.
    void write(Path directory) {
        var text =
                """
                version=1
                cluster.id=%s
                node.id=%d
                directory.id=%s
                """
                        .formatted(clusterId, nodeId, directoryId);
        var temporary = directory.resolve(FILE + ".tmp");
        try {
            Files.writeString(temporary, text);
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(
                    temporary,
                    directory.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
