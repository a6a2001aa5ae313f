package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What a node remembers of its cluster: `membership.properties` in its metadata directory. It is
/// there before the node answers anyone, so that nobody counts on a node which forgets who it is.
///
/// A cluster of one that nobody joined needs none: the quorum's own file says enough.
///
/// @param place empty until the node belongs somewhere
public record Remembered(Uuid directoryId, Optional<Place> place) {
    private static final String FILE = "membership.properties";
    private static final int PEER_PARTS = 3;
    private static final int PEER_PORT = 9094;

    /// The node's place in its cluster.
    ///
    /// @param formation what the cluster began with
    /// @param voters who voted when this node came; of use only until the quorum's own log tells
    /// @param address under which others reach this node
    public record Place(int nodeId, Formation formation, List<Peer> voters, PeerAddress address) {
        public Place {
            voters = List.copyOf(voters);
        }

        public String clusterId() {
            return formation.clusterId();
        }
    }

    /// Reads what `directory` remembers; empty for one that no cluster was ever looked for with.
    ///
    /// @throws IllegalStateException the file is damaged; the message is for the operator
    public static Optional<Remembered> read(Path directory) {
        var file = directory.resolve(FILE);
        try {
            if (!Files.exists(file) || Files.size(file) == 0) {
                return Optional.empty(); // Empty: the power failed while it was first written.
            }
            var properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            return Optional.of(parsed(properties));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(file + " cannot be read", unreadable);
        } catch (IllegalArgumentException damaged) {
            throw new IllegalStateException(
                    "%s is damaged (%s): restore it, or give the node an empty data directory"
                            .formatted(file, damaged.getMessage()),
                    damaged);
        }
    }

    /// What `directory` remembers, or the memory of a node that belongs nowhere.
    ///
    /// @param directoryId as the quorum drew it for this directory
    /// @throws IllegalStateException the file is damaged, or another directory's
    public static Remembered of(Path directory, Uuid directoryId) {
        var known = read(directory);
        if (known.isPresent() && !known.get().directoryId().equals(directoryId)) {
            throw new IllegalStateException(
                    "%s was copied from another directory: give the node an empty data directory"
                            .formatted(directory.resolve(FILE)));
        }
        return known.orElseGet(() -> new Remembered(directoryId, Optional.empty()));
    }

    public Remembered with(Place place) {
        return new Remembered(directoryId, Optional.of(place));
    }

    /// When this returns it is on the disk, whole.
    public void write(Path directory) {
        try {
            Files.createDirectories(directory);
            var temporary = directory.resolve(FILE + ".tmp");
            try (var channel =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING)) {
                var bytes = ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
            try (var folder = FileChannel.open(directory, StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "what this node knows of its cluster cannot be written to " + directory,
                    failed);
        }
    }

    private String text() {
        var text = new StringBuilder("version=1\ndirectory.id=").append(directoryId).append('\n');
        place.ifPresent(known ->
                text.append("node.id=")
                        .append(known.nodeId())
                        .append("\ncluster.id=")
                        .append(known.clusterId())
                        .append("\nfirst.voters=")
                        .append(text(known.formation().voters()))
                        .append("\nvoters=")
                        .append(text(known.voters()))
                        .append("\naddress=")
                        .append(known.address())
                        .append('\n'));
        return text.toString();
    }

    private static String text(List<Peer> peers) {
        return peers.stream()
                .map(peer ->
                        "%d@%s@%s".formatted(peer.nodeId(), peer.directoryId(), peer.address()))
                .collect(Collectors.joining(","));
    }

    private static Remembered parsed(Properties properties) {
        var directoryId = Uuid.fromString(required(properties, "directory.id"));
        if (properties.getProperty("cluster.id") == null) {
            return new Remembered(directoryId, Optional.empty());
        }
        var formation =
                new Formation(
                        required(properties, "cluster.id"),
                        peers(required(properties, "first.voters")));
        var place =
                new Place(
                        Integer.parseInt(required(properties, "node.id")),
                        formation,
                        peers(required(properties, "voters")),
                        PeerAddress.parse(required(properties, "address"), PEER_PORT));
        return new Remembered(directoryId, Optional.of(place));
    }

    private static List<Peer> peers(String text) {
        return Stream.of(text.split(",", -1)).map(Remembered::peer).toList();
    }

    private static Peer peer(String text) {
        var parts = text.split("@", PEER_PARTS);
        if (parts.length != PEER_PARTS) {
            throw new IllegalArgumentException(text + " is no node");
        }
        return new Peer(
                Integer.parseInt(parts[0]),
                Uuid.fromString(parts[1]),
                PeerAddress.parse(parts[2], PEER_PORT));
    }

    private static String required(Properties properties, String key) {
        @Nullable String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }
}
