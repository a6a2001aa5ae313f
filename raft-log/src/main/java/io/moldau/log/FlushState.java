package io.moldau.log;

import io.moldau.env.DiskTrouble;
import io.moldau.log.segment.PooledFile;
import io.moldau.log.segment.Segment;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What of one log is durable, and the flush under way. All but the failure belongs to the log's
/// owner.
final class FlushState {
    /// About so much of each log must be read anew after a kill, at most.
    static final long UNFLUSHED_BYTES_MAX = 64L << 20;

    private final LogContext context;
    private final Path folder;
    private volatile long recoveryPoint;
    private volatile UncheckedIOException failure;
    private volatile boolean abandoned;
    private long lastFlushMs;
    private long unflushedBytes; // Apart from those that the flush under way takes along.
    private long bytesUnderWay;
    private int truncations;
    private boolean newNames;
    private boolean closing;
    private volatile boolean identified;
    private boolean underWay;

    /// @param clean whether all that was found is durable, names included
    FlushState(LogContext context, Path folder, long recoveryPoint, long nowMs, boolean clean) {
        this.newNames = !clean; // Whoever made them may have died before they were synced.
        this.context = context;
        this.folder = folder;
        this.recoveryPoint = recoveryPoint;
        this.lastFlushMs = nowMs;
    }

    /// Offsets below this are durable. Any thread.
    long recoveryPoint() {
        return recoveryPoint;
    }

    long lastFlushMs() {
        return lastFlushMs;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /// Why a flush failed; null when none has. What the disk did not take it may have forgotten, so
    /// no later flush can make up for it. Any thread.
    UncheckedIOException failure() {
        return failure;
    }

    /// A file was made: its name, too, must survive.
    void onNewName() {
        newNames = true;
    }

    void onAppended(int bytes) {
        unflushedBytes += bytes;
    }

    /// Whether it would take long to read what a kill would leave in doubt.
    boolean isMuchUnflushed() {
        return unflushedBytes >= UNFLUSHED_BYTES_MAX;
    }

    void onTruncation(long offset) {
        truncations++;
        recoveryPoint = Math.min(recoveryPoint, offset);
    }

    /// The log is closed, all of it. Returns whether something besides its records is not durable.
    boolean onClose(LogSegments segments) {
        closing = true;
        newNames |= underWay; // Nobody will complete it.
        if (newNames || segments.isEmpty()) {
            return newNames;
        }
        return hasUnsyncedIndexes(segments.last());
    }

    private static boolean hasUnsyncedIndexes(Segment segment) {
        return segment.files().indexes().stream().anyMatch(PooledFile::isUnsynced);
    }

    /// How often what was written was taken away again.
    int truncations() {
        return truncations;
    }

    /// The log is being deleted: nobody cares any more.
    void abandon() {
        abandoned = true;
    }

    /// @param epochsFile to be made durable along with the records; null when it is
    Ticket begin(LogSegments segments, long endOffset, Path epochsFile) {
        var files = new ArrayList<PooledFile>(1);
        for (int i = segments.count() - 1; i >= 0; i--) {
            boolean sealed = closing || i + 1 < segments.count(); // Nobody will mend its indexes.
            boolean flushed = segments.endOffset(i, endOffset) <= recoveryPoint;
            boolean changed = segments.get(i).file().isUnsynced(); // A torn tail was cut.
            if (flushed
                    && !changed
                    && i + 1 < segments.count()
                    && !hasUnsyncedIndexes(segments.get(i))) {
                break;
            }
            if (!flushed || changed) {
                files.addAll(segments.get(i).files().toFlush());
            }
            if (sealed) {
                segments.get(i).files().indexes().stream()
                        .filter(PooledFile::exists)
                        .forEach(files::add);
            }
        }
        underWay = true;
        bytesUnderWay = unflushedBytes;
        unflushedBytes = 0;
        var ticket = new Ticket(this, files, endOffset, truncations, newNames, epochsFile);
        newNames = false;
        return ticket;
    }

    /// It did not come to anything, and the next one has all of it to do.
    void cancel(Ticket ticket) {
        underWay = false;
        unflushedBytes += bytesUnderWay;
        newNames |= ticket.newNames;
    }

    long complete(Ticket ticket, long nowMs) {
        underWay = false;
        lastFlushMs = nowMs;
        context.flushedBytes().addAndGet(bytesUnderWay);
        if (ticket.truncations == truncations) {
            recoveryPoint = Math.max(recoveryPoint, ticket.endOffset);
        }
        return recoveryPoint;
    }

    record Ticket(
            FlushState log,
            List<PooledFile> files,
            long endOffset,
            int truncations,
            boolean newNames,
            Path epochsFile)
            implements FlushTicket {
        @Override
        public void sync() {
            try {
                files.forEach(this::syncFile);
                if (!log.identified) {
                    // Or after a crash nobody knows whose records these are.
                    AtomicFile.force(
                            log.context.disk(), log.folder.resolve(PartitionMetadata.FILE));
                }
                if (epochsFile != null) {
                    AtomicFile.force(log.context.disk(), epochsFile);
                }
                if (newNames || epochsFile != null) {
                    log.context.disk().syncDirectory(log.folder);
                }
                log.context.syncRoot().run();
                log.identified = true;
            } catch (UncheckedIOException e) {
                if (!log.abandoned) {
                    // Of a file that could not be opened nothing was asked yet.
                    if (DiskTrouble.of(e) != DiskTrouble.TOO_MANY_FILES) {
                        log.failure = e;
                        SyncFailure.mark(log.context.disk(), log.folder);
                    }
                    throw e;
                }
            }
        }

        private void syncFile(PooledFile file) {
            try {
                file.force();
            } catch (UncheckedIOException e) {
                if (!file.isDeleted()) { // Retention was quicker.
                    throw e;
                }
            }
        }
    }
}
