package io.moldau.log;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.segment.FilePool;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One directory of `log.dirs`: its lock, its clean-shutdown mark, its checkpoints, and the bounded
/// set of files that its logs keep open. Any thread.
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogDirectory.class);

    private static final int CLOSING_THREADS = 8;
    private static final int GUARDS = 1024;
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
    private final DirectoryCheckpoints checkpoints;
    private final PartitionFolders folders;
    private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Object[] guards = Stream.generate(Object::new).limit(GUARDS).toArray();
    private final AtomicLong bytesRecovered = new AtomicLong();
    private final Set<TopicPartition> abandoned = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, UncheckedIOException> unsynced = new ConcurrentHashMap<>();
    private final AtomicLong flushedBytes = new AtomicLong(); // Since the last checkpoint.
    private volatile ScrubPosition scrubPosition;
    private boolean closed;

    private LogDirectory(Path root, Disk disk, Clock clock, int maxOpenFiles, Disk.Lock lock) {
        this.root = root;
        this.disk = disk;
        this.clock = clock;
        this.lock = lock;
        this.files = new FilePool(maxOpenFiles);
        this.trash = new Trash(disk);
        this.cleanShutdown = disk.exists(root.resolve(CLEAN_SHUTDOWN));
        this.checkpoints = new DirectoryCheckpoints(disk, root);
        this.scrubPosition = ScrubPosition.read(disk, root);
        this.folders = new PartitionFolders(root, disk, checkpoints, this::checkpoint);
        this.context =
                new LogContext(
                        disk,
                        files,
                        trash,
                        clock,
                        this::checkpoint,
                        folders::sync,
                        flushedBytes,
                        bytesRecovered::addAndGet);
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
        return folders.all();
    }

    /// Opens the partition's log, recovers it when needed, makes it when missing. Different
    /// partitions may be opened by different threads at once.
    ///
    /// A folder that belongs to another topic id of the same name is put aside as a stray.
    ///
    /// @throws UncheckedIOException the disk refused, now or in an earlier sync of this log
    public PartitionLog openLog(TopicPartition partition, Uuid topicId, LogConfig config) {
        checkSynced(partition);
        var log = logs.get(partition);
        if (log == null) {
            log = openOnce(partition, topicId, config);
        }
        if (!log.topicId().equals(topicId)) {
            throw new IllegalStateException(
                    "log of %s is open for topic id %s, asked for %s"
                            .formatted(partition, log.topicId(), topicId));
        }
        // What is appended in the place of flushed records that are gone is not flushed for that,
        // and the next recovery must know.
        if (checkpoints.lowerRecoveryPoint(log)) {
            checkpoint();
        }
        return log;
    }

    private PartitionLog openOnce(TopicPartition partition, Uuid topicId, LogConfig config) {
        synchronized (guardOf(partition)) {
            var log = logs.get(partition);
            if (log == null) {
                log = open(partition, topicId, config);
                logs.put(partition, log);
            }
            return log;
        }
    }

    /// Whoever wants the same log waits, and few who want another one.
    private Object guardOf(TopicPartition partition) {
        return guards[Math.floorMod(partition.hashCode(), guards.length)];
    }

    /// Opens a log before somebody asks for it, so that [#openLog] need not read it then. Does
    /// nothing where it is open, or its folder is not there any more.
    ///
    /// @throws UncheckedIOException the disk refused
    public void openAhead(TopicPartition partition, Uuid topicId, LogConfig config) {
        synchronized (guardOf(partition)) {
            if (!logs.containsKey(partition) && folders.isOf(partition, topicId)) {
                openLog(partition, topicId, config);
            }
        }
    }

    /// How many bytes of records [#openLog] will have to read, about; 0 for a log that is open, or
    /// was closed in order.
    public long bytesToRecover(TopicPartition partition) {
        return cleanShutdown || logs.containsKey(partition) ? 0 : folders.unflushedBytes(partition);
    }

    /// How many bytes of records were read by recoveries since the start, as [#bytesToRecover]
    /// counts them.
    public long bytesRecovered() {
        return bytesRecovered.get();
    }

    private PartitionLog open(TopicPartition partition, Uuid topicId, LogConfig config) {
        var folder = folders.make(partition, topicId);
        long cleaned = checkpoints.cleanedUpTo(partition).orElse(0);
        var opener = new LogOpener(context, config, folder, partition, cleaned > 0);
        var opened =
                opener.open(
                        topicId,
                        cleanShutdown && !abandoned.contains(partition),
                        checkpoints.recoveryPoint(partition),
                        checkpoints.logStart(partition));
        long committed = checkpoints.highWatermark(partition);
        long due = Math.max(committed, checkpoints.lackedUpTo(partition));
        var log = new PartitionLog(context, config, opened.having(due));
        log.noteHighWatermark(Math.max(committed, log.logStartOffset()));
        if (log.damageAtOpening() != null) {
            long flushed = checkpoints.recoveryPoint(partition).orElse(0);
            log.lack(Math.max(due, flushed));
        }
        log.cleaning().resumeAt(cleaned);
        return log;
    }

    /// What a failed sync was about, the system may have dropped while it still shows it to whoever
    /// reads: to recover the log from there would be to invent durability.
    private void checkSynced(TopicPartition partition) {
        var failure = unsynced.get(partition);
        if (failure != null) {
            SyncFailure.mark(disk, folders.of(partition)); // A full disk may have refused it.
            throw new UncheckedIOException(
                    "the log of %s failed to reach the disk and stays closed until the node starts again"
                            .formatted(partition),
                    failure.getCause());
        }
    }

    /// Puts the log's folder aside at once and removes it after `file.delete.delay.ms`. Called by
    /// the partition's own thread.
    public void deleteLog(PartitionLog log) {
        synchronized (guardOf(log.partition())) {
            logs.remove(log.partition(), log);
            log.release();
            var aside = putAside(log.partition());
            trash.add(aside, clock.wallMs() + log.config().fileDeleteDelayMs());
        }
    }

    /// Removes a folder that no topic wants: as [#deleteLog], for a log that is not open.
    public void deleteStray(LogName name) {
        if (logs.containsKey(name.partition())) {
            throw new IllegalStateException("log of %s is open".formatted(name.partition()));
        }
        trash.add(
                putAside(name.partition()),
                clock.wallMs() + LogConfig.defaults().fileDeleteDelayMs());
    }

    private Path putAside(TopicPartition partition) {
        unsynced.remove(partition);
        return folders.putAside(partition, FolderName.DELETED);
    }

    /// Lets go of a log whose disk failed, without touching the disk: its files are recovered at
    /// the next [#openLog], unless it was a sync that failed.
    public void abandonLog(PartitionLog log) {
        abandoned.add(log.partition());
        if (log.syncFailure() != null) {
            unsynced.put(log.partition(), log.syncFailure());
        }
        checkpoints.keep(log);
        logs.remove(log.partition(), log);
        log.release();
    }

    /// Writes recovery points, log start offsets and high watermarks, and removes files whose delay
    /// is over. To be called every few seconds, and after records were deleted.
    public synchronized void checkpoint() {
        flushedBytes.set(0);
        var gone = folders.gone();
        checkpoints.write(logs.values(), !gone.isEmpty());
        folders.onForgotten(gone);
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
        checkpoints.writeHighWatermarks(logs.values(), false);
    }

    /// Removes the files whose delay is over, and closes those that nobody has used for a while.
    public void sweep() {
        files.closeIdle();
        trash.sweep(clock.wallMs());
    }

    /// Writes down how far each log is compacted. What is lost of it is compacted again.
    public synchronized void checkpointCleaned() {
        checkpoints.writeCleaned(logs.values());
    }

    /// How far the scrub has come here, also in earlier processes.
    public ScrubPosition scrubPosition() {
        return scrubPosition;
    }

    /// Writes down how far it has come. What is lost of it is read again.
    ///
    /// @throws UncheckedIOException the disk refused; it goes on from there in this process
    public synchronized void noteScrub(ScrubPosition position) {
        scrubPosition = position;
        position.write(disk, root);
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
            unsynced.keySet().forEach(name -> SyncFailure.mark(disk, folders.of(name)));
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
