package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.env.Clock;
import io.moldau.log.DirectoryInUseException;
import io.moldau.log.LogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// The data directories of one node, locked, and whose they are.
final class DataDirectories implements AutoCloseable {
    /// Descriptors kept for open segments; a slice under way may add to them for a moment.
    private static final int OPEN_FILES_MAX = 4_096;

    private static final int OPEN_FILES_MIN = 16;

    private final List<LogDirectory> directories;
    private final Optional<MetaProperties> identity;

    private DataDirectories(List<LogDirectory> directories, Optional<MetaProperties> identity) {
        this.directories = directories;
        this.identity = identity;
    }

    /// Creates what is missing and locks all of them.
    ///
    /// @throws StartupException a directory is in use, cannot be written, or belongs to another
    ///   cluster or node
    static DataDirectories open(BrokerConfig config, Clock clock) {
        var paths = config.logDirs();
        var openFiles = openFilesMax() / paths.size();
        List<LogDirectory> opened = new ArrayList<>();
        try {
            for (var path : paths) {
                opened.add(open(path, clock, openFiles));
            }
            return new DataDirectories(opened, identityOf(paths, config));
        } catch (StartupException e) {
            opened.forEach(LogDirectory::close);
            throw e;
        }
    }

    private static LogDirectory open(Path path, Clock clock, int openFiles) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "the data directory %s cannot be created (%s): choose another one with --data"
                            .formatted(path, e.getMessage()),
                    e);
        }
        if (!Files.isWritable(path)) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "the data directory %s is not writable: change its owner, or choose another one with --data"
                            .formatted(path));
        }
        try {
            return LogDirectory.open(path, clock, openFiles);
        } catch (DirectoryInUseException e) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "the data directory %s is in use by another process: stop that one, or choose another directory with --data"
                            .formatted(path),
                    e);
        }
    }

    /// A quarter of the process's limit on descriptors: the rest is for connections and libraries.
    private static int openFilesMax() {
        long limit = Descriptors.limit();
        return Math.clamp(limit / 4, OPEN_FILES_MIN, OPEN_FILES_MAX);
    }

    private static Optional<MetaProperties> identityOf(List<Path> paths, BrokerConfig config) {
        Optional<MetaProperties> first = Optional.empty();
        for (var path : paths) {
            var own = MetaProperties.read(path);
            if (own.isEmpty()) {
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
        first.ifPresent(identity -> checkNodeId(identity, config, paths.getFirst()));
        return first;
    }

    private static void checkNodeId(MetaProperties identity, BrokerConfig config, Path path) {
        int asked = config.nodeId();
        if (asked >= 0 && asked != identity.nodeId()) {
            throw new StartupException(
                    ExitReason.OTHER_CLUSTER,
                    "%s holds the data of node %d, but the settings say node.id=%d: correct the setting, or use another directory"
                            .formatted(path, identity.nodeId(), asked));
        }
    }

    Optional<MetaProperties> identity() {
        return identity;
    }

    List<LogDirectory> all() {
        return directories;
    }

    /// Whether the last process closed all of them in order.
    boolean closedInOrder() {
        return directories.stream().allMatch(LogDirectory::cleanShutdown);
    }

    /// Writes down whose the directories are from now on.
    void claim(String clusterId, int nodeId) {
        for (var directory : directories) {
            if (MetaProperties.read(directory.root()).isEmpty()) {
                new MetaProperties(clusterId, nodeId, Uuid.randomUuid()).write(directory.root());
            }
        }
    }

    @Override
    public void close() {
        directories.forEach(LogDirectory::close);
    }
}
