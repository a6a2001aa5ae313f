package io.moldau.broker.partition;

import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.LogName;
import io.moldau.log.PartitionLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data directories of this node, and which of them holds which partition.
///
/// A new partition goes to the directory that holds the fewest.
public final class LogStore implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogStore.class);

    private final List<Place> places;
    private final Map<TopicPartition, Place> placeOf = new ConcurrentHashMap<>();

    private static final class Place {
        final LogDirectory directory;
        final Flusher flusher;
        int partitions;

        Place(LogDirectory directory) {
            this.directory = directory;
            this.flusher = new Flusher("flush-" + directory.root().getFileName());
        }
    }

    public LogStore(List<LogDirectory> directories) {
        places = directories.stream().map(Place::new).toList();
        for (var place : places) {
            for (var name : place.directory.partitions()) {
                place.partitions++;
                placeOf.put(name.partition(), place);
            }
        }
    }

    public List<LogDirectory> directories() {
        return places.stream().map(place -> place.directory).toList();
    }

    /// The directory that holds `partition`; null before its first use.
    public LogDirectory directoryOf(TopicPartition partition) {
        var place = placeOf.get(partition);
        return place == null ? null : place.directory;
    }

    /// Removes what a deleted topic left behind because the node was down at the time.
    void deleteStrays(Predicate<LogName> isAlive) {
        for (var place : places) {
            for (var name : new ArrayList<>(place.directory.partitions())) {
                if (!isAlive.test(name)) {
                    LOGGER.atInfo().addKeyValue("partition", name).log("deleting stray log");
                    place.directory.deleteStray(name);
                    placeOf.remove(name.partition());
                    place.partitions--;
                }
            }
        }
    }

    PartitionLog open(TopicPartition name, Uuid topicId, LogConfig config) {
        return placeOf.computeIfAbsent(name, _ -> emptiest())
                .directory
                .openLog(name, topicId, config);
    }

    private synchronized Place emptiest() {
        var place = places.stream().min(Comparator.comparingInt(p -> p.partitions)).orElseThrow();
        place.partitions++;
        return place;
    }

    Flusher flusher(TopicPartition name) {
        return placeOf.get(name).flusher;
    }

    void delete(TopicPartition name, PartitionLog log) {
        var place = placeOf.remove(name);
        place.directory.deleteLog(log);
        synchronized (this) {
            place.partitions--;
        }
    }

    /// Forgets a log whose disk failed; the next open recovers it.
    void abandon(TopicPartition name, PartitionLog log) {
        placeOf.get(name).directory.abandonLog(log);
    }

    /// Writes the checkpoints of every directory. Any thread.
    void checkpoint() {
        places.forEach(place -> place.directory.checkpoint());
    }

    void checkpointHighWatermarks() {
        places.forEach(place -> place.directory.checkpointHighWatermarks());
    }

    /// Removes the files of deleted segments whose delay is over. Any thread.
    void sweep() {
        places.forEach(place -> place.directory.sweep());
    }

    /// Waits for flushes under way. The directories are closed by whoever opened them.
    @Override
    public void close() {
        places.forEach(place -> place.flusher.close());
    }
}
