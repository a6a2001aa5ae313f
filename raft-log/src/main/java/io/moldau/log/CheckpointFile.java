package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Kafka's text format for checkpoints: a version, the number of entries, one entry a line.
///
/// ```
/// 0
/// 2
/// orders 0 418
/// orders 1 90
/// ```
final class CheckpointFile {
    private static final String VERSION = "0";

    private CheckpointFile() {}

    static void write(Disk disk, Path file, List<String> entries, boolean durable) {
        var text = new StringBuilder(32 * (entries.size() + 2));
        text.append(VERSION).append('\n').append(entries.size()).append('\n');
        for (var entry : entries) {
            text.append(entry).append('\n');
        }
        var bytes = StandardCharsets.UTF_8.encode(text.toString());
        AtomicFile.replace(disk, file, bytes, durable);
    }

    /// The entries; empty when the file is missing or damaged.
    static Optional<List<String>> read(Disk disk, Path file) {
        var text = StandardCharsets.UTF_8.decode(AtomicFile.read(disk, file)).toString();
        if (!text.endsWith("\n")) { // Torn: the last number would read as a smaller one.
            return Optional.empty();
        }
        var lines = text.lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() < 2 || !lines.get(0).equals(VERSION)) {
            return Optional.empty();
        }
        var entries = lines.subList(2, lines.size());
        return lines.get(1).equals(Integer.toString(entries.size()))
                ? Optional.of(entries)
                : Optional.empty();
    }
}
