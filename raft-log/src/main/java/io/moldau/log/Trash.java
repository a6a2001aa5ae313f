package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.segment.SegmentNames;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files and folders on their way out: renamed already, removed when their delay is over. Any
/// thread.
final class Trash {
    private static final Logger LOGGER = LoggerFactory.getLogger(Trash.class);

    private record Item(Path path, long dueMs) {}

    private final Disk disk;
    private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

    Trash(Disk disk) {
        this.disk = disk;
    }

    void add(Path path, long dueMs) {
        items.add(new Item(path, dueMs));
    }

    /// Removes what is due. What the disk refuses to remove stays for the next start.
    void sweep(long nowMs) {
        items.removeIf(item -> {
            boolean due = item.dueMs() <= nowMs;
            if (due) {
                remove(item.path());
            }
            return due;
        });
    }

    private void remove(Path path) {
        try {
            removeTree(disk, path);
        } catch (UncheckedIOException e) {
            LOGGER.atWarn().addKeyValue("path", path).setCause(e).log("cannot remove");
        }
    }

    /// Removes a file, or a folder and the files in it.
    static void removeTree(Disk disk, Path path) {
        if (disk.isDirectory(path)) {
            disk.list(path).forEach(name -> removeTree(disk, path.resolve(name)));
        }
        disk.delete(path);
    }

    /// Whether a file is the rest of a deletion or a replacement that was interrupted.
    static boolean isLeftover(String name) {
        return name.endsWith(SegmentNames.DELETED)
                || name.endsWith(SegmentNames.CLEANED)
                || name.endsWith(".tmp");
    }
}
