package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One offset for each partition of a log directory.
final class OffsetCheckpoint {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String LOG_STARTS = "log-start-offset-checkpoint";

    static final String CLEANED = "cleaner-offset-checkpoint";
    static final String LACKED = "lacked-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    private static final Logger LOGGER = LoggerFactory.getLogger(OffsetCheckpoint.class);

    private OffsetCheckpoint() {}

    static void write(Disk disk, Path file, Map<TopicPartition, Long> offsets, boolean durable) {
        var lines = new ArrayList<String>(offsets.size());
        offsets.forEach((partition, offset) ->
                lines.add(partition.topic() + ' ' + partition.partition() + ' ' + offset));
        CheckpointFile.write(disk, file, lines, durable);
    }

    /// What is legible. A missing or damaged checkpoint costs recovery time, nothing else.
    static Map<TopicPartition, Long> read(Disk disk, Path file) {
        var offsets = new HashMap<TopicPartition, Long>();
        var lines = CheckpointFile.read(disk, file);
        if (lines.isEmpty() && disk.exists(file)) {
            LOGGER.atWarn()
                    .addKeyValue("file", file)
                    .log("checkpoint is damaged, starting without");
        }
        for (var line : lines.orElse(List.of())) {
            parse(line).ifPresent(entry -> offsets.put(entry.getKey(), entry.getValue()));
        }
        return offsets;
    }

    private static Optional<Map.Entry<TopicPartition, Long>> parse(String line) {
        var words = line.split(" ", -1);
        try {
            var partition = new TopicPartition(words[0], Integer.parseInt(words[1]));
            return Optional.of(Map.entry(partition, Long.parseLong(words[2])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException _) {
            LOGGER.atWarn().addKeyValue("line", line).log("checkpoint line is illegible");
            return Optional.empty();
        }
    }
}
