package io.moldau.quorum;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Whose data a quorum directory holds: `quorum.properties`, written once, before anything else.
///
/// @param directoryId names this directory among the voters, as in DescribeQuorum
record Identity(String clusterId, int nodeId, Uuid directoryId) {
    static final String FILE = "quorum.properties";

    /// Reads the directory's identity, or gives it one.
    ///
    /// @throws QuorumStartException the directory is another cluster's or another node's
    static Identity of(QuorumConfig config) throws IOException {
        var file = config.dir().resolve(FILE);
        var known = Files.exists(file) ? read(file) : null;
        if (known == null) {
            var clusterId = config.clusterId();
            var drawn =
                    new Identity(
                            clusterId == null ? Uuid.randomUuid().toString() : clusterId,
                            config.nodeId(),
                            Uuid.randomUuid());
            SafeFiles.write(file, drawn.text());
            return drawn;
        }
        known.check(config);
        return known;
    }

    private void check(QuorumConfig config) {
        if (config.clusterId() != null && !config.clusterId().equals(clusterId)) {
            throw new QuorumStartException(
                    ("The directory %s holds data of cluster %s, but this node belongs to cluster"
                                    + " %s: give it the right data directory, or an empty one.")
                            .formatted(config.dir(), clusterId, config.clusterId()));
        }
        if (config.nodeId() != nodeId) {
            throw new QuorumStartException(
                    ("The directory %s holds data of node %d, but this is node %d: set node.id to"
                                    + " %d, or give it another data directory.")
                            .formatted(config.dir(), nodeId, config.nodeId(), nodeId));
        }
    }

    /// The Raft group's id: the cluster id, or what it hashes to when it is no uuid.
    UUID groupId() {
        try {
            var id = Uuid.fromString(clusterId);
            return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (IllegalArgumentException notAnUuid) {
            return UUID.nameUUIDFromBytes(clusterId.getBytes(StandardCharsets.UTF_8));
        }
    }

    private String text() {
        return "version=1%ncluster.id=%s%nnode.id=%d%ndirectory.id=%s%n"
                .formatted(clusterId, nodeId, directoryId);
    }

    /// @return `null` when the file is empty: the power failed while it was written, and nothing
    ///   was written after it
    private static @Nullable Identity read(Path file) throws IOException {
        var text = Files.readString(file);
        if (text.isBlank()) {
            return null;
        }
        var properties = new Properties();
        properties.load(new StringReader(text));
        try {
            return new Identity(
                    value(properties, "cluster.id"),
                    Integer.parseInt(value(properties, "node.id")),
                    Uuid.fromString(value(properties, "directory.id")));
        } catch (IllegalArgumentException bad) {
            throw new QuorumStartException(
                    "The file %s cannot be read (%s): restore it from a backup."
                            .formatted(file, bad.getMessage()),
                    bad);
        }
    }

    private static String value(Properties properties, String key) {
        var value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }
}
