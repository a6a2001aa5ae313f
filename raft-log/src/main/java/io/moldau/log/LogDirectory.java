package io.moldau.log;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.segment.FilePool;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One directory of `log.dirs`: its lock, its clean-shutdown mark, its checkpoints, and the bounded
/// set of files that its logs keep open. Any thread.
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogDirectory.class);

    private static final int CLOSING_THREADS = 8;
    private static final String LOCK = ".lock";
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";
    private static final String CLEAN_SHUTDOWN_CONTENT = "{\"version\":0,\"brokerEpoch\":-1}";

    private final Path root;
    private final Disk disk;
    private final Clock clock;
    private final Disk.Lock lock;
    private final FilePool files;
    private final Trash trash;
    private final LogContext context;
    private final boolean cleanShutdown;
    private final Map<TopicPartition, Long> recoveryPointsFound;
    private final Map<TopicPartition, Long> logStartsFound;
    private final Map<TopicPartition, Long> highWatermarksFound;
    private final Map<TopicPartition, Long> cleanedFound;
    private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Set<TopicPartition> abandoned = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, UncheckedIOException> unsynced = new ConcurrentHashMap<>();

    /// Logs that are gone, while a checkpoint on the disk may still have their offsets.
    private final Set<TopicPartition> putAside = ConcurrentHashMap.newKeySet();

    private Map<TopicPartition, Long> recoveryPointsWritten;
    private Map<TopicPartition, Long> logStartsWritten;
    private Map<TopicPartition, Long> highWatermarksWritten;
    private Map<TopicPartition, Long> cleanedWritten;

    private final AtomicLong flushedBytes = new AtomicLong(); // Since the last checkpoint.

    /// An earlier process may have left names that are not durable.
    private final AtomicLong foldersMade = new AtomicLong(1);

    private long foldersSynced;
    private boolean closed;

    private LogDirectory(Path root, Disk disk, Clock clock, int maxOpenFiles, Disk.Lock lock) {
        this.root = root;
        this.disk = disk;
        this.clock = clock;
        this.lock = lock;
        this.files = new FilePool(maxOpenFiles);
        this.trash = new Trash(disk);
        this.context =
                new LogContext(
                        disk, files, trash, clock, this::checkpoint, this::syncRoot, flushedBytes);
        this.cleanShutdown = disk.exists(root.resolve(CLEAN_SHUTDOWN));
        var recoveryPoints = root.resolve(OffsetCheckpoint.RECOVERY_POINTS);
        this.recoveryPointsFound =
                new ConcurrentHashMap<>(OffsetCheckpoint.read(disk, recoveryPoints));
        this.logStartsFound =
                new ConcurrentHashMap<>(
                        OffsetCheckpoint.read(disk, root.resolve(OffsetCheckpoint.LOG_STARTS)));
        this.highWatermarksFound =
                new ConcurrentHashMap<>(
                        OffsetCheckpoint.read(
                                disk, root.resolve(OffsetCheckpoint.HIGH_WATERMARKS)));
        this.cleanedFound =
                new ConcurrentHashMap<>(
                        OffsetCheckpoint.read(disk, root.resolve(OffsetCheckpoint.CLEANED)));
    }

    /// Locks the directory, made when missing.
    ///
    /// @param maxOpenFiles segment files open at once, apart from those being read this moment
    /// @throws DirectoryInUseException another process has it
    /// @throws UncheckedIOException it cannot be used; the message says why in one sentence
    public static LogDirectory open(Path root, Clock clock, int maxOpenFiles) {
        return open(root, Disk.system(), clock, maxOpenFiles);
    }

    /// As above, on a disk of the caller's choice.
    public static LogDirectory open(Path root, Disk disk, Clock clock, int maxOpenFiles) {
        try {
            disk.createDirectories(root);
            var lock = disk.tryLock(root.resolve(LOCK));
            if (lock == null) {
                throw new DirectoryInUseException(
                        "Another process is using the log directory %s.".formatted(root));
            }
            var directory = new LogDirectory(root, disk, clock, maxOpenFiles, lock);
            directory.removeLeftovers();
            return directory;
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException(
                    "The log directory %s cannot be used: %s"
                            .formatted(root, e.getCause().getMessage()),
                    e.getCause());
        }
    }

    /// From here on a crash is an unclean stop; what earlier processes meant to remove goes now.
    private void removeLeftovers() {
        disk.delete(root.resolve(CLEAN_SHUTDOWN));
        disk.syncDirectory(root);
        for (var name : disk.list(root)) {
            if (FolderName.isDeleted(name)) {
                trash.add(root.resolve(name), clock.wallMs());
            }
        }
        trash.sweep(clock.wallMs());
    }

    public Path root() {
        return root;
    }

    /// Whether the last stop was a clean one, so that logs open without looking into their records.
    public boolean cleanShutdown() {
        return cleanShutdown;
    }

    /// The partition folders on disk, opened or not, wanted or not.
    public List<LogName> partitions() {
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

    /// Opens the partition's log, recovers it when needed, makes it when missing. Different
    /// partitions may be opened by different threads at once.
    ///
    /// A folder that belongs to another topic id of the same name is put aside as a stray.
    ///
    /// @throws UncheckedIOException the disk refused, now or in an earlier sync of this log
    public PartitionLog openLog(TopicPartition partition, Uuid topicId, LogConfig config) {
        checkSynced(partition);
        var log =
                logs.computeIfAbsent(
                        partition,
                        _ -> {
                            var folder = folderFor(partition, topicId);
                            var opener =
                                    new LogOpener(
                                            context,
                                            config,
                                            folder,
                                            partition,
                                            cleanedFound.containsKey(partition));
                            var opened =
                                    opener.open(
                                            topicId,
                                            cleanShutdown && !abandoned.contains(partition),
                                            lookUp(recoveryPointsFound, partition),
                                            lookUp(logStartsFound, partition));
                            long committed = lookUp(highWatermarksFound, partition).orElse(0);
                            var fresh = new PartitionLog(context, config, opened.having(committed));
                            fresh.noteHighWatermark(Math.max(committed, fresh.logStartOffset()));
                            fresh.cleaning().resumeAt(lookUp(cleanedFound, partition).orElse(0));
                            return fresh;
                        });
        if (!log.topicId().equals(topicId)) {
            throw new IllegalStateException(
                    "log of %s is open for topic id %s, asked for %s"
                            .formatted(partition, log.topicId(), topicId));
        }
        lowerRecoveryPoint(log);
        return log;
    }

    /// Flushed records are gone. What is appended in their place is not flushed for that, and the
    /// next recovery must know.
    private void lowerRecoveryPoint(PartitionLog log) {
        long found = lookUp(recoveryPointsFound, log.partition()).orElse(0);
        if (log.recoveryPoint() < found) {
            recoveryPointsFound.put(log.partition(), log.recoveryPoint());
            checkpoint();
        }
    }

    /// What a failed sync was about, the system may have dropped while it still shows it to whoever
    /// reads: to recover the log from there would be to invent durability.
    private void checkSynced(TopicPartition partition) {
        var failure = unsynced.get(partition);
        if (failure != null) {
            throw new UncheckedIOException(
                    "the log of %s failed to reach the disk and stays closed until the node starts again"
                            .formatted(partition),
                    failure.getCause());
        }
    }

    private static OptionalLong lookUp(Map<TopicPartition, Long> map, TopicPartition partition) {
        var offset = map.get(partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private Path folderFor(TopicPartition partition, Uuid topicId) {
        var folder = root.resolve(FolderName.of(partition));
        if (disk.exists(folder)) {
            var found = PartitionMetadata.read(disk, folder);
            if (found.equals(topicId)) {
                return folder;
            }
            if (found.equals(Uuid.ZERO_UUID)) { // The machine went down while it was being made.
                PartitionMetadata.write(disk, folder, topicId);
                return folder;
            }
            putAside(folder, partition, FolderName.STRAY);
            LOGGER.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("topicIdFound", found)
                    .addKeyValue("topicId", topicId)
                    .log("folder of another topic of the same name put aside");
        }
        forgetFormer(partition);
        disk.createDirectories(folder);
        PartitionMetadata.write(disk, folder, topicId);
        foldersMade.incrementAndGet();
        return folder;
    }

    /// What was checkpointed of another log of the same name is none of the new one's, neither now
    /// nor after a crash: it would begin where that one had begun, and be trusted as far.
    private synchronized void forgetFormer(TopicPartition partition) {
        boolean found = false;
        for (var offsets : List.of(recoveryPointsFound, logStartsFound, highWatermarksFound)) {
            found |= offsets.remove(partition) != null;
        }
        if (found || putAside.contains(partition)) {
            putAside.add(partition);
            checkpoint();
        }
    }

    /// Makes the names of new folders durable: one wait for all that were made until now.
    private void syncRoot() {
        long made = foldersMade.get();
        synchronized (foldersMade) {
            if (foldersSynced < made) {
                disk.syncDirectory(root);
                foldersSynced = made;
            }
        }
    }

    /// Puts the log's folder aside at once and removes it after `file.delete.delay.ms`. Called by
    /// the partition's own thread.
    public void deleteLog(PartitionLog log) {
        logs.remove(log.partition(), log);
        log.release();
        var aside = putAside(log.folder(), log.partition(), FolderName.DELETED);
        trash.add(aside, clock.wallMs() + log.config().fileDeleteDelayMs());
    }

    /// Removes a folder that no topic wants: as [#deleteLog], for a log that is not open.
    public void deleteStray(LogName name) {
        if (logs.containsKey(name.partition())) {
            throw new IllegalStateException("log of %s is open".formatted(name.partition()));
        }
        var folder = root.resolve(FolderName.of(name.partition()));
        trash.add(
                putAside(folder, name.partition(), FolderName.DELETED),
                clock.wallMs() + LogConfig.defaults().fileDeleteDelayMs());
    }

    private Path putAside(Path folder, TopicPartition partition, String suffix) {
        recoveryPointsFound.remove(partition);
        logStartsFound.remove(partition);
        highWatermarksFound.remove(partition);
        cleanedFound.remove(partition);
        unsynced.remove(partition);
        putAside.add(partition);
        var aside = root.resolve(FolderName.aside(partition, Uuid.randomUuid(), suffix));
        disk.rename(folder, aside);
        return aside;
    }

    /// Lets go of a log whose disk failed, without touching the disk: its files are recovered at
    /// the next [#openLog], unless it was a sync that failed.
    public void abandonLog(PartitionLog log) {
        abandoned.add(log.partition());
        if (log.syncFailure() != null) {
            unsynced.put(log.partition(), log.syncFailure());
        }
        recoveryPointsFound.put(log.partition(), log.recoveryPoint());
        logStartsFound.put(log.partition(), log.logStartOffset());
        highWatermarksFound.put(log.partition(), log.highWatermark());
        cleanedFound.put(log.partition(), log.cleaning().cleanedUpTo());
        logs.remove(log.partition(), log);
        log.release();
    }

    /// Writes recovery points, log start offsets and high watermarks, and removes files whose delay
    /// is over. To be called every few seconds, and after records were deleted.
    public synchronized void checkpoint() {
        flushedBytes.set(0);
        var recoveryPoints = new HashMap<>(recoveryPointsFound);
        var logStarts = new HashMap<>(logStartsFound);
        logs.forEach((partition, log) -> {
            recoveryPoints.put(partition, log.recoveryPoint());
            logStarts.put(partition, log.logStartOffset());
        });
        logStarts.values().removeIf(offset -> offset == 0);
        if (!recoveryPoints.equals(recoveryPointsWritten)) {
            var file = root.resolve(OffsetCheckpoint.RECOVERY_POINTS);
            OffsetCheckpoint.write(disk, file, recoveryPoints, true);
            recoveryPointsWritten = recoveryPoints;
        }
        if (!logStarts.equals(logStartsWritten)) {
            var file = root.resolve(OffsetCheckpoint.LOG_STARTS);
            OffsetCheckpoint.write(disk, file, logStarts, true);
            logStartsWritten = logStarts;
        }
        var gone = List.copyOf(putAside);
        checkpointHighWatermarks(!gone.isEmpty());
        gone.forEach(putAside::remove);
        checkpointCleaned();
        trash.sweep(clock.wallMs());
    }

    /// Whether so much was flushed since the last checkpoint that a recovery which does not know of
    /// it would take long.
    public boolean checkpointDue() {
        return flushedBytes.get() >= FlushState.UNFLUSHED_BYTES_MAX;
    }

    /// Writes the high watermarks alone. They may lag and may be lost: a replica learns its own
    /// anew, so nothing waits for the disk.
    public synchronized void checkpointHighWatermarks() {
        checkpointHighWatermarks(false);
    }

    private void checkpointHighWatermarks(boolean durable) {
        var highWatermarks = new HashMap<>(highWatermarksFound);
        logs.forEach((partition, log) -> highWatermarks.put(partition, log.highWatermark()));
        highWatermarks.values().removeIf(offset -> offset == 0);
        if (durable || !highWatermarks.equals(highWatermarksWritten)) {
            var file = root.resolve(OffsetCheckpoint.HIGH_WATERMARKS);
            OffsetCheckpoint.write(disk, file, highWatermarks, durable);
            highWatermarksWritten = highWatermarks;
        }
    }

    /// Removes the files whose delay is over, and closes those that nobody has used for a while.
    public void sweep() {
        files.closeIdle();
        trash.sweep(clock.wallMs());
    }

    /// Writes down how far each log is compacted. What is lost of it is compacted again.
    public synchronized void checkpointCleaned() {
        var cleaned = new HashMap<>(cleanedFound);
        logs.forEach((partition, log) -> cleaned.put(partition, log.cleaning().cleanedUpTo()));
        cleaned.values().removeIf(offset -> offset == 0);
        boolean first = cleanedWritten == null && cleaned.isEmpty();
        if (!first && !cleaned.equals(cleanedWritten)) {
            var file = root.resolve(OffsetCheckpoint.CLEANED);
            OffsetCheckpoint.write(disk, file, cleaned, true);
            cleanedWritten = cleaned;
        }
    }

    /// Removes the files of everything that was deleted, without delay: the room is needed. Whoever
    /// reads them still has them.
    public void sweepAll() {
        trash.sweep(Long.MAX_VALUE);
    }

    public long usableBytes() {
        return disk.usableBytes(root);
    }

    public long totalBytes() {
        return disk.totalBytes(root);
    }

    /// Flushes and closes all logs, leaves the clean-shutdown mark and unlocks. The threads that
    /// own the logs must have stopped.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        // Several at once: the disk serves flushes that wait together with one write.
        try (var closers = Executors.newFixedThreadPool(CLOSING_THREADS)) {
            closeOn(closers);
        }
    }

    /// As [#close()], with the closing of each log on `closers`.
    public void closeOn(Executor closers) {
        if (closed) {
            return;
        }
        closed = true;
        // A log that was never opened is as clean as it was found.
        boolean clean =
                abandoned.isEmpty() && (cleanShutdown || logs.size() == partitions().size());
        try {
            clean &= closeLogs(closers);
            checkpoint();
            if (clean) {
                var mark = StandardCharsets.UTF_8.encode(CLEAN_SHUTDOWN_CONTENT);
                AtomicFile.replace(disk, root.resolve(CLEAN_SHUTDOWN), mark, true);
            }
        } finally {
            files.close();
            lock.close();
        }
    }

    private boolean closeLogs(Executor closers) {
        var clean = new AtomicBoolean(true);
        var closings =
                logs.values().stream()
                        .map(log -> CompletableFuture.runAsync(() -> closeLog(log, clean), closers))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(closings).join();
        return clean.get();
    }

    /// Lets go of everything as it is, like a process that is killed: what is there is recovered at
    /// the next start.
    public void abandon() {
        closed = true;
        logs.values().forEach(PartitionLog::release);
        files.close();
        lock.close();
    }

    private static void closeLog(PartitionLog log, AtomicBoolean clean) {
        try {
            log.close();
        } catch (RuntimeException e) {
            LOGGER.atError()
                    .addKeyValue("partition", log.partition())
                    .setCause(e)
                    .log("log not closed cleanly, it will be recovered at the next start");
            clean.set(false);
        }
    }
}
