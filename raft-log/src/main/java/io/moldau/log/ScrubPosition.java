package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the scrub of a log directory has come, in a file of the directory, so that a node that
/// starts again every day reads all of its records nevertheless.
///
/// ```
/// 0
/// 1
/// 1795278063159 orders 3 418     the round before ended then, this one has read orders-3 up to 418
/// ```
///
/// Partitions are read in the order of their names. Between two rounds there is only the time.
///
/// @param endedMs when a round last ended; 0 if none has
/// @param partition being read; null between two rounds
/// @param offset of it, up to which it was read
public record ScrubPosition(long endedMs, @Nullable TopicPartition partition, long offset) {
    static final String FILE = "scrub-checkpoint";

    /// The order in which partitions are read.
    public static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private static final Logger LOGGER = LoggerFactory.getLogger(ScrubPosition.class);
    private static final ScrubPosition NONE = new ScrubPosition(0, null, 0);

    /// Some way into a round.
    public ScrubPosition at(TopicPartition name, long offset) {
        return new ScrubPosition(endedMs, name, offset);
    }

    public static ScrubPosition ended(long nowMs) {
        return new ScrubPosition(nowMs, null, 0);
    }

    /// How long until there is something to do: 0 in the middle of a round.
    ///
    /// @param everyMs from the end of a round to the next
    public long dueInMs(long nowMs, long everyMs) {
        return partition != null ? 0 : Math.clamp(endedMs + everyMs - nowMs, 0, everyMs);
    }

    /// From which offset on `name` is still to be read; -1 when it was.
    public long startOf(TopicPartition name) {
        int order = partition == null ? 1 : ORDER.compare(name, partition);
        return order < 0 ? -1 : order == 0 ? offset : 0;
    }

    static ScrubPosition read(Disk disk, Path root) {
        var lines = CheckpointFile.read(disk, root.resolve(FILE)).orElse(List.of());
        return lines.isEmpty() ? NONE : parse(lines.getFirst());
    }

    private static ScrubPosition parse(String line) {
        var words = line.split(" ", -1);
        try {
            long endedMs = Long.parseLong(words[0]);
            if (words.length == 1) {
                return ended(endedMs);
            }
            var partition = new TopicPartition(words[1], Integer.parseInt(words[2]));
            return new ScrubPosition(endedMs, partition, Long.parseLong(words[3]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException _) {
            LOGGER.atWarn().addKeyValue("line", line).log("the scrub begins anew");
            return NONE;
        }
    }

    void write(Disk disk, Path root) {
        var line =
                partition == null
                        ? Long.toString(endedMs)
                        : "%d %s %d %d"
                                .formatted(
                                        endedMs, partition.topic(), partition.partition(), offset);
        CheckpointFile.write(disk, root.resolve(FILE), List.of(line), false);
    }
}
