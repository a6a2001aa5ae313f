package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/// The file that ties a partition's folder to a topic id.
///
/// ```
/// version: 0
/// topic_id: 5Qm7w0aXQ1m3cyGqT5a2Gw
/// ```
final class PartitionMetadata {
    static final String FILE = "partition.metadata";

    private static final String TOPIC_ID = "topic_id:";

    private PartitionMetadata() {}

    static void write(Disk disk, Path folder, Uuid topicId) {
        write(disk, folder, topicId, false);
    }

    /// @param durable see [AtomicFile#replace]; without it the first flush is to see to that
    static void write(Disk disk, Path folder, Uuid topicId, boolean durable) {
        var text = "version: 0\n" + TOPIC_ID + ' ' + topicId + '\n';
        var bytes = StandardCharsets.UTF_8.encode(text);
        AtomicFile.replace(disk, folder.resolve(FILE), bytes, durable);
    }

    /// [Uuid#ZERO_UUID] when the file is missing or illegible.
    static Uuid read(Disk disk, Path folder) {
        var bytes = AtomicFile.read(disk, folder.resolve(FILE));
        var text = StandardCharsets.UTF_8.decode(bytes).toString();
        return text.lines()
                .filter(line -> line.startsWith(TOPIC_ID))
                .map(line -> parse(line.substring(TOPIC_ID.length()).strip()))
                .findFirst()
                .orElse(Uuid.ZERO_UUID);
    }

    private static Uuid parse(String text) {
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException _) {
            return Uuid.ZERO_UUID;
        }
    }
}
