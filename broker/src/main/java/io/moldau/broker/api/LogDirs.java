package io.moldau.broker.api;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.Room;
import io.moldau.broker.partition.LogStore;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What lies in the data directories of this node.
@FunctionalInterface
public interface LogDirs {
    /// @param failure why it cannot be used; null while it can
    /// @param full whether producers are refused for want of room
    /// @param totalBytes -1 when unknown, as `usableBytes`
    /// @param partitions with the bytes of their records
    record View(
            String path,
            @Nullable String failure,
            boolean full,
            long totalBytes,
            long usableBytes,
            Map<TopicPartition, Long> partitions) {}

    /// Looks at every directory, and there at the partitions that `wanted` names. Does not block
    /// the caller.
    CompletableFuture<List<View>> describe(Predicate<TopicPartition> wanted);

    /// The directories that `partitions` live in. A log that nobody uses is not opened to be
    /// measured: its files are.
    static LogDirs of(Partitions partitions) {
        return wanted ->
                CompletableFuture.supplyAsync(() -> views(partitions, wanted), Futures.ASIDE);
    }

    private static List<View> views(Partitions partitions, Predicate<TopicPartition> wanted) {
        LogStore store = partitions.store();
        var sizes = new HashMap<DataDir, Map<TopicPartition, Long>>();
        for (Partition partition : partitions.all()) {
            var directory = store.directoryOf(partition.name());
            if (directory != null && directory.isOnline() && wanted.test(partition.name())) {
                sizes.computeIfAbsent(directory, _ -> new HashMap<>())
                        .put(
                                partition.name(),
                                sizeOf(directory.root().resolve(partition.name().toString())));
            }
        }
        var views = new ArrayList<View>();
        for (var directory : store.directories()) {
            views.add(view(directory, sizes.getOrDefault(directory, Map.of())));
        }
        return views;
    }

    private static View view(DataDir directory, Map<TopicPartition, Long> sizes) {
        var path = directory.root().toString();
        var logs = directory.logs();
        if (logs == null || !directory.isOnline()) {
            return new View(path, directory.problem(), false, -1, -1, Map.of());
        }
        boolean full = directory.room() != Room.ENOUGH;
        try {
            return new View(path, null, full, logs.totalBytes(), logs.usableBytes(), sizes);
        } catch (UncheckedIOException gone) {
            return new View(path, gone.getMessage(), full, -1, -1, Map.of());
        }
    }

    /// Segments may go while they are counted; what is gone counts nothing.
    private static long sizeOf(Path folder) {
        long bytes = 0;
        try (var segments = Files.newDirectoryStream(folder, "*.log")) {
            for (var segment : segments) {
                bytes += Files.size(segment);
            }
        } catch (NoSuchFileException gone) {
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }
}
