package io.moldau.log;

import io.moldau.env.Clock;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// One directory of `log.dirs`: its lock, its clean-shutdown mark, its checkpoints, and the bounded
/// set of files that its logs keep open. Any thread.
@SuppressWarnings("DoNotCallSuggester") // Until its parts have landed.
public final class LogDirectory implements AutoCloseable {
    private static final String BEING_BUILT = "the log directory is being built";

    private LogDirectory() {}

    /// Locks the directory, made when missing.
    ///
    /// @param maxOpenFiles segment files open at once, apart from those being read this moment
    /// @throws DirectoryInUseException another process has it
    /// @throws java.io.UncheckedIOException it cannot be used; the message says why in one sentence
    public static LogDirectory open(Path root, Clock clock, int maxOpenFiles) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public Path root() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Whether the last stop was a clean one, so that logs open without looking into their records.
    public boolean cleanShutdown() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// The partition folders on disk, opened or not, wanted or not.
    public List<LogName> partitions() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Opens the partition's log, recovers it when needed, makes it when missing. Different
    /// partitions may be opened by different threads at once.
    ///
    /// A folder that belongs to another topic id of the same name is put aside as a stray.
    public PartitionLog openLog(TopicPartition partition, Uuid topicId, LogConfig config) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Puts the log's folder aside at once and removes it after `file.delete.delay.ms`. Called by
    /// the partition's own thread.
    public void deleteLog(PartitionLog log) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Removes a folder that no topic wants: as [#deleteLog], for a log that is not open.
    public void deleteStray(LogName name) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Lets go of a log whose disk failed, without touching the disk: its files are recovered at
    /// the next [#openLog].
    public void abandonLog(PartitionLog log) {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Writes recovery points and log start offsets, and removes files whose delay is over. To be
    /// called every few seconds, and after records were deleted.
    public void checkpoint() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public long usableBytes() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    public long totalBytes() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }

    /// Flushes and closes all logs, leaves the clean-shutdown mark and unlocks. The threads that
    /// own the logs must have stopped.
    @Override
    public void close() {
        throw new UnsupportedOperationException(BEING_BUILT);
    }
}
