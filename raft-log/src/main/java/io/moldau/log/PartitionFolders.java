package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.segment.SegmentNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folders of one log directory: whose they are, how they are made and how they are put aside.
/// Any thread.
final class PartitionFolders {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionFolders.class);

    private final Path root;
    private final Disk disk;
    private final DirectoryCheckpoints checkpoints;
    private final Runnable checkpoint;

    /// Partitions whose folder went aside, while a checkpoint on the disk may still have their
    /// offsets.
    private final Set<TopicPartition> putAside = ConcurrentHashMap.newKeySet();

    /// An earlier process may have left names that are not durable.
    private final AtomicLong made = new AtomicLong(1);

    private long synced;

    /// @param checkpoint writes the checkpoints
    PartitionFolders(Path root, Disk disk, DirectoryCheckpoints checkpoints, Runnable checkpoint) {
        this.root = root;
        this.disk = disk;
        this.checkpoints = checkpoints;
        this.checkpoint = checkpoint;
    }

    List<LogName> all() {
        var names = new ArrayList<LogName>();
        for (var name : disk.list(root)) {
            FolderName.parse(name)
                    .filter(_ -> disk.isDirectory(root.resolve(name)))
                    .map(partition ->
                            new LogName(
                                    partition, PartitionMetadata.read(disk, root.resolve(name))))
                    .ifPresent(names::add);
        }
        return names;
    }

    Path of(TopicPartition partition) {
        return root.resolve(FolderName.of(partition));
    }

    /// The partition's folder, made if it is not there, or is another topic's.
    ///
    /// Its topic id is not durable before the first flush: ten thousand partitions are made without
    /// one wait for the disk.
    Path make(TopicPartition partition, Uuid topicId) {
        var folder = of(partition);
        if (disk.exists(folder)) {
            var found = PartitionMetadata.read(disk, folder);
            if (found.equals(topicId)) {
                return folder;
            }
            if (found.equals(Uuid.ZERO_UUID) && wasFlushed(partition)) {
                LOGGER.atError()
                        .addKeyValue("folder", folder)
                        .addKeyValue("topicId", topicId)
                        .log("topic id is damaged, the name has to do");
                PartitionMetadata.write(disk, folder, topicId, true);
                return folder;
            }
            giveUp(partition, topicId, found);
        }
        forgetFormer(partition);
        disk.createDirectories(folder);
        PartitionMetadata.write(disk, folder, topicId);
        made.incrementAndGet();
        return folder;
    }

    /// Whether the partition's folder is there, and this topic's.
    boolean isOf(TopicPartition partition, Uuid topicId) {
        var folder = of(partition);
        return disk.exists(folder) && PartitionMetadata.read(disk, folder).equals(topicId);
    }

    /// Bytes of the segments that may hold records that were not flushed, by names and sizes alone.
    long unflushedBytes(TopicPartition partition) {
        var folder = of(partition);
        var bases = new TreeMap<Long, String>();
        for (var name : disk.list(folder)) {
            long base = SegmentNames.parse(name, SegmentNames.LOG);
            if (base >= 0) {
                bases.put(base, name);
            }
        }
        long flushed = checkpoints.recoveryPoint(partition).orElse(0);
        long bytes = 0;
        for (var segment : bases.entrySet()) {
            var next = bases.higherKey(segment.getKey());
            if (next == null || next >= flushed) {
                bytes += disk.size(folder.resolve(segment.getValue()));
            }
        }
        return bytes;
    }

    /// Whether something of the partition's records was flushed, and its topic id along with it. An
    /// id that is illegible and was not, the machine's end has taken back; whose the records are
    /// nobody knows then, and no flush has promised to keep them.
    private boolean wasFlushed(TopicPartition partition) {
        return checkpoints.recoveryPoint(partition).orElse(0) > 0;
    }

    /// Clears the name for the partition of another topic. Records are put aside, not removed.
    private void giveUp(TopicPartition partition, Uuid topicId, Uuid found) {
        if (found.equals(Uuid.ZERO_UUID) && !hasRecords(of(partition))) {
            Trash.removeTree(disk, of(partition));
            return;
        }
        var aside = putAside(partition, FolderName.STRAY);
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("topicIdFound", found)
                .addKeyValue("topicId", topicId)
                .addKeyValue("aside", aside)
                .log("folder of another topic of the same name put aside");
    }

    private boolean hasRecords(Path folder) {
        return disk.list(folder).stream()
                .anyMatch(name ->
                        name.endsWith(SegmentNames.LOG) && disk.size(folder.resolve(name)) > 0);
    }

    /// What was checkpointed of another log of the same name is none of the new one's, neither now
    /// nor after a crash: it would begin where that one had begun, and be trusted as far.
    private synchronized void forgetFormer(TopicPartition partition) {
        if (checkpoints.forget(partition) || putAside.contains(partition)) {
            putAside.add(partition);
            checkpoint.run();
        }
    }

    /// Gives the partition's folder another name, which is returned.
    ///
    /// @param suffix of [FolderName]: what is to become of it
    Path putAside(TopicPartition partition, String suffix) {
        checkpoints.forget(partition);
        putAside.add(partition);
        var aside = root.resolve(FolderName.aside(partition, Uuid.randomUuid(), suffix));
        disk.rename(of(partition), aside);
        return aside;
    }

    /// Those of which a checkpoint on the disk may still know.
    List<TopicPartition> gone() {
        return List.copyOf(putAside);
    }

    /// The checkpoints were written without them.
    void onForgotten(List<TopicPartition> gone) {
        gone.forEach(putAside::remove);
    }

    /// Makes the names of new folders durable: one wait for all that were made until now.
    void sync() {
        long until = made.get();
        synchronized (made) {
            if (synced < until) {
                disk.syncDirectory(root);
                synced = until;
            }
        }
    }
}
