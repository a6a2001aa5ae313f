package io.moldau.quorum;

import io.moldau.quorum.QuorumConfig.Group;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;

/// Whose data a quorum directory holds: `quorum.properties`. Its directory id is drawn before
/// anything else; the rest is added when the node comes to belong to a cluster.
///
/// @param directoryId names this directory among the voters, as in DescribeQuorum
/// @param clusterId `null` while it belongs to none
/// @param nodeId -1 while it belongs to no cluster
/// @param voters of the quorum as this node knew them last; empty for a quorum of one
/// @param listeners likewise
public record Identity(
        Uuid directoryId,
        @Nullable String clusterId,
        int nodeId,
        List<Member> voters,
        List<Member> listeners) {
    static final String FILE = "quorum.properties";

    public Identity {
        voters = List.copyOf(voters);
        listeners = List.copyOf(listeners);
    }

    /// The identity of the directory; it is created, and its id drawn, when there is none.
    ///
    /// @throws IOException it can be neither read nor written
    /// @throws QuorumStartException it is damaged
    public static Identity at(Path dir) throws IOException {
        var known = read(dir.resolve(FILE));
        if (known != null) {
            return known;
        }
        Files.createDirectories(dir);
        var drawn = drawn();
        drawn.write(dir);
        return drawn;
    }

    private static Identity drawn() {
        return new Identity(Uuid.randomUuid(), null, -1, List.of(), List.of());
    }

    /// Reads the directory's identity, or gives it one.
    ///
    /// @throws QuorumStartException the directory is another cluster's or another node's
    static Identity of(QuorumConfig config) throws IOException {
        var known = read(config.dir().resolve(FILE));
        if (known != null && known.clusterId() != null) {
            known.check(config);
            return known;
        }
        var formed = (known == null ? drawn() : known).in(config);
        formed.write(config.dir());
        return formed;
    }

    private Identity in(QuorumConfig config) {
        int node = config.nodeId();
        return switch (config.group()) {
            case Group.Lone(var id) ->
                    new Identity(
                            directoryId,
                            id == null ? Uuid.randomUuid().toString() : id,
                            node,
                            List.of(),
                            List.of());
            case Group.Founding(var id, var voters) ->
                    new Identity(directoryId, id, node, voters, List.of());
            case Group.Joining(var id, var voters) ->
                    new Identity(
                            directoryId,
                            id,
                            node,
                            voters,
                            List.of(new Member(node, directoryId, null)));
        };
    }

    /// Notes who belongs to the quorum by now.
    Identity withMembers(List<Member> nowVoting, List<Member> nowListening) {
        return new Identity(directoryId, clusterId, nodeId, nowVoting, nowListening);
    }

    void write(Path dir) throws IOException {
        SafeFiles.write(dir.resolve(FILE), text());
    }

    private void check(QuorumConfig config) {
        var expected = config.group().clusterId();
        if (expected != null && !expected.equals(clusterId)) {
            throw new QuorumStartException(
                    ("The directory %s holds data of cluster %s, but this node belongs to cluster"
                                    + " %s: give it the right data directory, or an empty one.")
                            .formatted(config.dir(), clusterId, expected));
        }
        if (config.nodeId() != nodeId) {
            throw new QuorumStartException(
                    ("The directory %s holds data of node %d, but this is node %d: set node.id to"
                                    + " %d, or give it another data directory.")
                            .formatted(config.dir(), nodeId, config.nodeId(), nodeId));
        }
    }

    String cluster() {
        return Objects.requireNonNull(clusterId, "it belongs to no cluster yet");
    }

    /// The Raft group's id: the cluster id, or what it hashes to when it is no uuid.
    UUID groupId() {
        try {
            var id = Uuid.fromString(cluster());
            return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (IllegalArgumentException notAnUuid) {
            return UUID.nameUUIDFromBytes(cluster().getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Those whom Ratis is to begin with.
    List<RaftPeer> peers() {
        if (voters.isEmpty()) {
            return List.of(new Member(nodeId, directoryId, null).peer(RaftPeerRole.FOLLOWER));
        }
        var peers = new ArrayList<RaftPeer>();
        voters.forEach(voter -> peers.add(voter.peer(RaftPeerRole.FOLLOWER)));
        listeners.forEach(listener -> peers.add(listener.peer(RaftPeerRole.LISTENER)));
        return peers;
    }

    private String text() {
        var text = "version=1%ndirectory.id=%s%n".formatted(directoryId);
        if (clusterId != null) {
            text += "cluster.id=%s%nnode.id=%d%n".formatted(clusterId, nodeId);
        }
        text += line("voters", voters) + line("listeners", listeners);
        return text;
    }

    private static String line(String key, List<Member> members) {
        var listed = members.stream().map(Member::text).collect(Collectors.joining(","));
        return members.isEmpty() ? "" : "%s=%s%n".formatted(key, listed);
    }

    /// @return `null` when there is none, or it is empty: the power failed while it was written,
    ///   and nothing was written after it
    private static @Nullable Identity read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        var text = Files.readString(file);
        if (text.isBlank()) {
            return null;
        }
        var properties = new Properties();
        properties.load(new StringReader(text));
        try {
            var cluster = properties.getProperty("cluster.id");
            int nodeId = cluster == null ? -1 : Integer.parseInt(value(properties, "node.id"));
            return new Identity(
                    Uuid.fromString(value(properties, "directory.id")),
                    cluster == null ? null : value(properties, "cluster.id"),
                    nodeId,
                    members(properties.getProperty("voters", "")),
                    members(properties.getProperty("listeners", "")));
        } catch (IllegalArgumentException bad) {
            throw new QuorumStartException(
                    "The file %s cannot be read (%s): restore it from a backup."
                            .formatted(file, bad.getMessage()),
                    bad);
        }
    }

    private static List<Member> members(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).map(Member::parse).toList();
    }

    private static String value(Properties properties, String key) {
        var value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }
}
