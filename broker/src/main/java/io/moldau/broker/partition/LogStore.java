package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.Room;
import io.moldau.env.DiskTrouble;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.LogName;
import io.moldau.log.PartitionLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data directories of this node, and which of them holds which partition.
///
/// A new partition goes to the directory that holds the fewest, of those that work and have room. A
/// directory that fails takes its own partitions with it and no others.
public final class LogStore implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogStore.class);

    private final List<Place> places;
    private final Map<TopicPartition, Place> placeOf = new ConcurrentHashMap<>();
    private final AtomicLong damages = new AtomicLong();
    private final AtomicLong repairs = new AtomicLong();
    private final AtomicLong scrubbedBytes = new AtomicLong();
    private final CleanerFigures cleaning = new CleanerFigures();
    private volatile Recovery recovery = Recovery.NONE;

    private static final class Place {
        final DataDir dir;
        final Flusher flusher;
        int partitions;

        Place(DataDir dir) {
            this.dir = dir;
            this.flusher = new Flusher("flush-" + dir.root().getFileName());
        }

        /// @throws UncheckedIOException it cannot be used
        LogDirectory logs() {
            var logs = dir.logs();
            if (logs == null || !dir.isOnline()) {
                throw new UncheckedIOException(
                        new IOException(
                                "the data directory %s is offline: %s"
                                        .formatted(dir.root(), dir.failure())));
            }
            return logs;
        }
    }

    /// @param directories at least one of which works
    public LogStore(List<DataDir> directories) {
        places = directories.stream().map(Place::new).toList();
        for (var place : places) {
            var logs = place.dir.logs();
            if (logs != null) {
                logs.partitions().forEach(name -> found(name.partition(), place));
            }
        }
    }

    private void found(TopicPartition name, Place place) {
        var first = placeOf.putIfAbsent(name, place);
        if (first == null) {
            place.partitions++;
        } else {
            LOGGER.atError()
                    .addKeyValue("partition", name)
                    .addKeyValue("used", first.dir)
                    .addKeyValue("ignored", place.dir)
                    .log("partition found in two data directories, remove one of them");
        }
    }

    public List<DataDir> directories() {
        return places.stream().map(place -> place.dir).toList();
    }

    /// The directory that holds `partition`; null before its first use.
    public DataDir directoryOf(TopicPartition partition) {
        var place = placeOf.get(partition);
        return place == null ? null : place.dir;
    }

    /// Those that a directory holds.
    List<TopicPartition> partitionsIn(DataDir directory) {
        return placeOf.entrySet().stream()
                .filter(entry -> entry.getValue().dir.equals(directory))
                .map(Map.Entry::getKey)
                .toList();
    }

    void recoverWith(Recovery newRecovery) {
        recovery = newRecovery;
    }

    /// What is done about an unclean stop. Any thread.
    public Recovery recovery() {
        return recovery;
    }

    /// While a directory is missing, what is not in the others is taken to be there: made anew in
    /// another one it would be empty, and a reason to cut it on other nodes, too.
    ///
    /// @param names partitions that were this node's before it started
    void expect(Collection<TopicPartition> names) {
        places.stream()
                .filter(place -> place.dir.logs() == null)
                .findFirst()
                .ifPresent(missing -> names.forEach(name -> placeOf.putIfAbsent(name, missing)));
    }

    /// Removes what a deleted topic left behind because the node was down at the time.
    void deleteStrays(Predicate<LogName> isAlive) {
        for (var place : places) {
            var logs = place.dir.logs();
            if (logs == null) {
                continue;
            }
            for (var name : new ArrayList<>(logs.partitions())) {
                if (!isAlive.test(name)) {
                    LOGGER.atInfo().addKeyValue("partition", name).log("deleting stray log");
                    logs.deleteStray(name);
                    if (placeOf.remove(name.partition(), place)) {
                        place.partitions--;
                    }
                }
            }
        }
    }

    /// @throws UncheckedIOException the disk refused, or the directory is offline
    PartitionLog open(TopicPartition name, Uuid topicId, LogConfig config) {
        return placeOf.computeIfAbsent(name, _ -> emptiest()).logs().openLog(name, topicId, config);
    }

    private synchronized Place emptiest() {
        var place =
                places.stream()
                        .filter(candidate -> candidate.dir.isOnline())
                        .min(
                                Comparator.<Place, Room>comparing(p -> p.dir.room())
                                        .thenComparingInt(p -> p.partitions))
                        .orElseThrow(() ->
                                new UncheckedIOException(
                                        new IOException("no data directory can be used")));
        place.partitions++;
        return place;
    }

    /// How much room the partition's disk has for more of it.
    Room room(TopicPartition name) {
        var place = placeOf.get(name);
        return place == null ? Room.ENOUGH : place.dir.room();
    }

    /// What the disk of a partition meant when it refused. If it is broken or full, that is looked
    /// into.
    DiskTrouble onRefused(TopicPartition name, Throwable refusal) {
        var place = placeOf.get(name);
        if (place == null) {
            return DiskTrouble.of(refusal);
        }
        var trouble = place.dir.troubleOf(refusal);
        switch (trouble) {
            case FULL -> place.dir.onFull();
            case FAILED -> place.dir.suspect();
            case TOO_MANY_FILES -> LOGGER.atWarn().setCause(refusal).log("too many open files");
        }
        return trouble;
    }

    void onDamage() {
        damages.incrementAndGet();
    }

    void onRepaired() {
        repairs.incrementAndGet();
    }

    /// How often damage was found in a log. Any thread.
    public long damagesFound() {
        return damages.get();
    }

    /// How often a damaged log was cut, to be fetched again. Any thread.
    public long repairsBegun() {
        return repairs.get();
    }

    void onScrubbed(long bytes) {
        scrubbedBytes.addAndGet(bytes);
    }

    /// How much of closed segments was read to see whether it is as it was written. Any thread.
    public long scrubbedBytes() {
        return scrubbedBytes.get();
    }

    /// How compaction fares. Any thread.
    public CleanerFigures cleaning() {
        return cleaning;
    }

    Flusher flusher(TopicPartition name) {
        return placeOf.get(name).flusher;
    }

    void delete(TopicPartition name, PartitionLog log) {
        var place = placeOf.get(name);
        place.logs().deleteLog(log);
        forget(name);
    }

    /// Of a partition that is deleted while its directory is offline the files go when it is back
    /// and the node starts again.
    void forget(TopicPartition name) {
        var place = placeOf.remove(name);
        if (place != null) {
            synchronized (this) {
                place.partitions--;
            }
        }
    }

    /// Forgets a log whose disk failed; the next open recovers it.
    void abandon(TopicPartition name, PartitionLog log) {
        var logs = placeOf.get(name).dir.logs();
        if (logs != null) {
            logs.abandonLog(log);
        }
    }

    /// Writes the checkpoints of every directory. Any thread.
    void checkpoint() {
        eachOnline(LogDirectory::checkpoint);
    }

    void checkpointHighWatermarks() {
        eachOnline(LogDirectory::checkpointHighWatermarks);
    }

    /// Much may have been flushed: the checkpoint that says so follows, on a thread that may wait.
    void onFlushed(TopicPartition name) {
        var place = placeOf.get(name);
        var logs = place == null ? null : place.dir.logs();
        if (logs != null && logs.checkpointDue()) {
            place.flusher.execute(() -> tend(place, LogStore::checkpointIfDue));
        }
    }

    private static void checkpointIfDue(LogDirectory logs) {
        if (logs.checkpointDue()) { // Others may have asked for the same.
            logs.checkpoint();
        }
    }

    /// One that refuses does not keep the others from it.
    private void eachOnline(Consumer<LogDirectory> step) {
        places.forEach(place -> tend(place, step));
    }

    private static void tend(Place place, Consumer<LogDirectory> step) {
        if (!place.dir.isOnline()) {
            return;
        }
        try {
            step.accept(place.logs());
        } catch (UncheckedIOException refused) {
            LOGGER.atWarn()
                    .addKeyValue("directory", place.dir)
                    .setCause(refused)
                    .log("data directory not tended");
            switch (place.dir.troubleOf(refused)) {
                case FULL -> place.dir.onFull();
                case FAILED -> place.dir.suspect();
                case TOO_MANY_FILES -> {
                    // The next round will do.
                }
            }
        }
    }

    /// Removes the files of deleted segments whose delay is over. Any thread.
    void sweep() {
        eachOnline(LogDirectory::sweep);
    }

    /// Waits for flushes and recoveries under way. The directories are closed by whoever opened
    /// them.
    @Override
    public void close() {
        recovery.close();
        places.forEach(place -> place.flusher.close());
    }
}
