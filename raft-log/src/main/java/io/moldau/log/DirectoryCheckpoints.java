package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/// What one log directory writes down of its logs' offsets, in Kafka's files. Any thread reads what
/// was found; writing is for one at a time.
final class DirectoryCheckpoints {
    private final One recoveryPoints;
    private final One logStarts;
    private final One highWatermarks;
    private final One cleaned;
    private final One lacked;

    DirectoryCheckpoints(Disk disk, Path root) {
        recoveryPoints =
                new One(
                        disk,
                        root.resolve(OffsetCheckpoint.RECOVERY_POINTS),
                        PartitionLog::recoveryPoint);
        logStarts =
                new One(
                        disk,
                        root.resolve(OffsetCheckpoint.LOG_STARTS),
                        PartitionLog::logStartOffset);
        highWatermarks =
                new One(
                        disk,
                        root.resolve(OffsetCheckpoint.HIGH_WATERMARKS),
                        PartitionLog::highWatermark);
        cleaned =
                new One(
                        disk,
                        root.resolve(OffsetCheckpoint.CLEANED),
                        log -> log.cleaning().cleanedUpTo());
        lacked = new One(disk, root.resolve(OffsetCheckpoint.LACKED), PartitionLog::lackedUpTo);
    }

    /// One file: what it said, and says.
    private static final class One {
        private final Disk disk;
        private final Path file;
        private final ToLongFunction<PartitionLog> offsetOf;

        /// Of logs that are not open. What it says of those that are, is outdated.
        private final Map<TopicPartition, Long> found;

        private Map<TopicPartition, Long> written;

        One(Disk disk, Path file, ToLongFunction<PartitionLog> offsetOf) {
            this.disk = disk;
            this.file = file;
            this.offsetOf = offsetOf;
            this.found = new ConcurrentHashMap<>(OffsetCheckpoint.read(disk, file));
        }

        OptionalLong of(TopicPartition partition) {
            var offset = found.get(partition);
            return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
        }

        void keep(PartitionLog log) {
            found.put(log.partition(), offsetOf.applyAsLong(log));
        }

        boolean forget(TopicPartition partition) {
            return found.remove(partition) != null;
        }

        Map<TopicPartition, Long> now(Collection<PartitionLog> open) {
            var offsets = new HashMap<>(found);
            open.forEach(log -> offsets.put(log.partition(), offsetOf.applyAsLong(log)));
            return offsets;
        }

        /// The same without logs of which there is nothing to tell.
        Map<TopicPartition, Long> aboveZero(Collection<PartitionLog> open) {
            var offsets = now(open);
            offsets.values().removeIf(offset -> offset == 0);
            return offsets;
        }

        void write(Map<TopicPartition, Long> offsets, boolean durable) {
            if (!offsets.equals(written)) {
                OffsetCheckpoint.write(disk, file, offsets, durable);
                written = offsets;
            }
        }
    }

    /// Below it everything was flushed; empty when nothing is known.
    OptionalLong recoveryPoint(TopicPartition partition) {
        return recoveryPoints.of(partition);
    }

    OptionalLong logStart(TopicPartition partition) {
        return logStarts.of(partition);
    }

    long highWatermark(TopicPartition partition) {
        return highWatermarks.of(partition).orElse(0);
    }

    /// Empty, or 0, when nothing of it was compacted.
    OptionalLong cleanedUpTo(TopicPartition partition) {
        return cleaned.of(partition);
    }

    /// Below it records were missing that had been flushed, and the cluster did not know; 0 when
    /// none were.
    long lackedUpTo(TopicPartition partition) {
        return lacked.of(partition).orElse(0);
    }

    /// Flushed records are gone. Returns whether that has to be written down.
    boolean lowerRecoveryPoint(PartitionLog log) {
        boolean lower = log.recoveryPoint() < recoveryPoint(log.partition()).orElse(0);
        if (lower) {
            recoveryPoints.keep(log);
        }
        return lower;
    }

    /// The log is let go of, and will be opened again.
    void keep(PartitionLog log) {
        recoveryPoints.keep(log);
        logStarts.keep(log);
        highWatermarks.keep(log);
        cleaned.keep(log);
        lacked.keep(log);
    }

    /// The partition's log is gone. Returns whether something was known of it.
    boolean forget(TopicPartition partition) {
        boolean known = recoveryPoints.forget(partition);
        known |= logStarts.forget(partition);
        known |= highWatermarks.forget(partition);
        cleaned.forget(partition);
        lacked.forget(partition);
        return known;
    }

    /// Writes what a recovery needs, and what it could do without.
    ///
    /// @param durable whether also what may lag must reach the disk, since logs are gone
    void write(Collection<PartitionLog> open, boolean durable) {
        writeIfAny(lacked, open); // First: lowered recovery points do not tell of it any more.
        recoveryPoints.write(recoveryPoints.now(open), true);
        logStarts.write(logStarts.aboveZero(open), true);
        if (durable) {
            highWatermarks.written = null;
        }
        writeHighWatermarks(open, durable);
        writeCleaned(open);
    }

    void writeHighWatermarks(Collection<PartitionLog> open, boolean durable) {
        highWatermarks.write(highWatermarks.aboveZero(open), durable);
    }

    void writeCleaned(Collection<PartitionLog> open) {
        writeIfAny(cleaned, open);
    }

    /// A file that most directories do without.
    private static void writeIfAny(One checkpoint, Collection<PartitionLog> open) {
        var offsets = checkpoint.aboveZero(open);
        if (checkpoint.written != null || !checkpoint.found.isEmpty() || !offsets.isEmpty()) {
            checkpoint.write(offsets, true);
        }
    }
}
