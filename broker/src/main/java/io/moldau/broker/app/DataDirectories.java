package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.Watermarks;
import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.DirectoryInUseException;
import io.moldau.log.LogDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data directories of one node, locked, and whose they are.
///
/// A node that has run before does without one that cannot be used, if others can be: the
/// partitions in it are then offline and the rest is served.
final class DataDirectories implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DataDirectories.class);

    private static final long RESERVE_BYTES_MAX = 16L << 20;
    private static final long RESERVE_BYTES_MIN = 4L << 20;
    private static final int RESERVE_SHARE = 50;

    private final BrokerConfig config;
    private final Clock clock;
    private final List<DataDir> directories = new ArrayList<>();
    private final List<DataDir> watched = new ArrayList<>();
    private final int openFilesMax = Descriptors.forFiles(Descriptors.limit());
    private Optional<MetaProperties> identity = Optional.empty();
    private boolean hasNewOne;

    private DataDirectories(BrokerConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /// Creates what is missing and locks all of them.
    ///
    /// @throws StartupException a directory is in use or belongs to another cluster or node, or one
    ///   that the node cannot do without cannot be written
    static DataDirectories open(BrokerConfig config, Clock clock) {
        var opened = new DataDirectories(config, clock);
        try {
            opened.open();
            return opened;
        } catch (StartupException e) {
            opened.close();
            throw e;
        }
    }

    private void open() {
        var refusals = new ArrayList<StartupException>();
        for (var path : config.logDirs()) {
            directories.add(open(path, refusals));
        }
        identity = identityOf(usable());
        boolean hasRun = identity.isPresent();
        boolean hasMetadata =
                directories.stream()
                        .noneMatch(
                                dir -> !dir.isOnline() && dir.root().equals(config.metadataDir()));
        if (!refusals.isEmpty() && !(hasRun && hasMetadata)) {
            throw refusals.getFirst();
        }
        watched.addAll(directories);
        watchMetadata();
        for (var dir : watched) {
            dir.look(0);
            if (!dir.problem().isEmpty()) {
                LOGGER.atError().log(dir.problem());
            }
        }
    }

    /// Others may do without one that cannot be used; what is to be said otherwise goes to
    /// `refusals`.
    private DataDir open(Path path, List<StartupException> refusals) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            refusals.add(
                    refusal(
                            "the data directory %s cannot be created (%s): choose another one with --data"
                                    .formatted(path, e.getMessage()),
                            e));
            return DataDir.unusable(path, "it cannot be created (%s)".formatted(e.getMessage()));
        }
        if (!Files.isWritable(path)) {
            refusals.add(
                    refusal(
                            "the data directory %s is not writable: change its owner, or choose another one with --data"
                                    .formatted(path),
                            null));
            return DataDir.unusable(path, "it is not writable");
        }
        try {
            var logs = LogDirectory.open(path, clock, Math.max(1, openFilesMax / dirsCount()));
            return DataDir.of(logs, Disk.system(), marks(path), reserveBytes(path));
        } catch (DirectoryInUseException e) {
            throw refusal(
                    "the data directory %s is in use by another process: stop that one, or choose another directory with --data"
                            .formatted(path),
                    e);
        } catch (UncheckedIOException e) {
            refusals.add(
                    refusal(
                            "%s: repair the disk, or choose another directory with --data"
                                    .formatted(e.getMessage()),
                            e));
            return DataDir.unusable(path, e.getMessage());
        }
    }

    private static StartupException refusal(String sentence, @Nullable Throwable cause) {
        return new StartupException(ExitReason.DATA_DIRECTORY, sentence, cause);
    }

    private int dirsCount() {
        return config.logDirs().size();
    }

    /// The quorum's directory, where it is none of the logs'.
    private void watchMetadata() {
        var metadata = config.metadataDir();
        if (config.logDirs().contains(metadata)) {
            return;
        }
        try {
            Files.createDirectories(metadata);
            watched.add(
                    DataDir.withoutLogs(
                            metadata, Disk.system(), marks(metadata), reserveBytes(metadata)));
        } catch (IOException e) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "the metadata directory %s cannot be created (%s): choose another one with metadata.log.dir"
                            .formatted(metadata, e.getMessage()),
                    e);
        }
    }

    private Watermarks marks(Path path) {
        return Watermarks.of(config.getLong("disk.min.free.bytes"), Disk.system().totalBytes(path));
    }

    private long reserveBytes(Path path) {
        long asked = config.getLong("disk.reserve.bytes");
        return asked >= 0
                ? asked
                : Math.clamp(
                        Disk.system().totalBytes(path) / RESERVE_SHARE,
                        RESERVE_BYTES_MIN,
                        RESERVE_BYTES_MAX);
    }

    private List<Path> usable() {
        return directories.stream().filter(DataDir::isOnline).map(DataDir::root).toList();
    }

    private Optional<MetaProperties> identityOf(List<Path> paths) {
        Optional<MetaProperties> first = Optional.empty();
        for (var path : paths) {
            var own = MetaProperties.read(path);
            if (own.isEmpty()) {
                hasNewOne = true;
                continue;
            }
            if (first.isPresent() && !first.get().clusterId().equals(own.get().clusterId())) {
                throw new StartupException(
                        ExitReason.OTHER_CLUSTER,
                        "%s belongs to cluster %s, but the other data directories to cluster %s: give directories of one cluster"
                                .formatted(path, own.get().clusterId(), first.get().clusterId()));
            }
            first = first.or(() -> own);
        }
        first.ifPresent(found -> checkNodeId(found, paths.getFirst()));
        return first;
    }

    private void checkNodeId(MetaProperties found, Path path) {
        int asked = config.nodeId();
        if (asked >= 0 && asked != found.nodeId()) {
            throw new StartupException(
                    ExitReason.OTHER_CLUSTER,
                    "%s holds the data of node %d, but the settings say node.id=%d: correct the setting, or use another directory"
                            .formatted(path, found.nodeId(), asked));
        }
    }

    Optional<MetaProperties> identity() {
        return identity;
    }

    /// Those for partitions, the ones that cannot be used included.
    List<DataDir> all() {
        return List.copyOf(directories);
    }

    /// Those and the one of the metadata.
    List<DataDir> watched() {
        return List.copyOf(watched);
    }

    /// Whether the last process closed all of them in order.
    boolean closedInOrder() {
        return directories.stream()
                .map(DataDir::logs)
                .allMatch(logs -> logs != null && logs.cleanShutdown());
    }

    /// Whether none has taken the place of another: an empty disk keeps no promise that was made
    /// with the one before.
    boolean areTheSame() {
        return !hasNewOne;
    }

    /// Why the node cannot go on now that `directory` is offline; empty if it can.
    Optional<String> fatal(DataDir directory) {
        if (directory.isOnline()) {
            return Optional.empty();
        }
        if (directory.root().equals(config.metadataDir())) {
            return Optional.of(
                    "%s The cluster's metadata is there, so this node stops."
                            .formatted(directory.problem()));
        }
        return directories.stream().anyMatch(DataDir::isOnline)
                ? Optional.empty()
                : Optional.of(
                        "%s No other data directory is left, so this node stops."
                                .formatted(directory.problem()));
    }

    /// Writes down whose the directories are from now on.
    ///
    /// @param metadata the directory that holds the metadata
    /// @param metadataId under which that one is known among the voters: tools that add and remove
    ///   voters read it from there
    void claim(String clusterId, int nodeId, Path metadata, Uuid metadataId) {
        for (var directory : directories) {
            var root = directory.root();
            if (directory.isOnline() && MetaProperties.read(root).isEmpty()) {
                var id = root.equals(metadata) ? metadataId : Uuid.randomUuid();
                new MetaProperties(clusterId, nodeId, id).write(root);
            }
        }
    }

    @Override
    public void close() {
        directories.forEach(DataDir::close);
    }
}
