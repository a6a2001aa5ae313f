package io.moldau.log;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What to do about a sync that failed.
///
/// The system may have dropped what the sync was about, and yet shows it to whoever reads, also to
/// the next process; a later sync of the same file then succeeds without writing it. So the folder
/// is marked, and whoever opens the log next writes all of it once more.
///
/// Source: "Can applications recover from fsync failures?", USENIX ATC 2020.
final class SyncFailure {
    static final String FILE = "sync-failed";

    private static final Logger LOGGER = LoggerFactory.getLogger(SyncFailure.class);

    private SyncFailure() {}

    /// May be called until it succeeds.
    static void mark(Disk disk, Path folder) {
        try {
            if (!disk.exists(folder.resolve(FILE))) {
                disk.create(folder.resolve(FILE)).close();
            }
        } catch (IOException | UncheckedIOException e) { // The next start then trusts the cache.
            LOGGER.atWarn().addKeyValue("folder", folder).setCause(e).log("cannot be marked");
        }
    }

    /// Writes and syncs everything that may not be on the disk.
    ///
    /// @param flushed offsets below it were durable before
    static void makeUpFor(
            Disk disk,
            Path folder,
            Uuid topicId,
            LogSegments segments,
            long flushed,
            EpochCache epochs) {
        LOGGER.atWarn()
                .addKeyValue("folder", folder)
                .log("a sync failed before, what it was about is written once more");
        for (int i = 0; i < segments.count(); i++) {
            if (i + 1 == segments.count() || segments.get(i + 1).baseOffset() > flushed) {
                segments.get(i).rewrite();
                segments.get(i).file().force();
            }
        }
        epochs.rewrite();
        PartitionMetadata.write(disk, folder, topicId, true);
        disk.delete(folder.resolve(FILE));
    }
}
