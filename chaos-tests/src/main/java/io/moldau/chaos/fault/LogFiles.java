package io.moldau.chaos.fault;

import io.moldau.chaos.run.OwnNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Damage to the files of partitions whose node is stopped. Each method says what it did.
///
/// It knows names and framing of Kafka's logs, and by which file a node tells that the machine was
/// started anew; nothing else of how they are written.
final class LogFiles {
    private static final String LOG = ".log";
    private static final int PAGE_BYTES = 4096;
    private static final int FLIPS_MAX = 3;
    private static final int BATCH_HEADER_BYTES = 12;

    /// Where a node notes on which boot of the machine it runs.
    private static final String BOOT = "boot.id";

    private LogFiles() {}

    /// Folders of the workload's partitions that have a log.
    private static List<Path> partitions(Path data) throws IOException {
        try (var entries = Files.list(data)) {
            return entries.filter(
                            folder -> folder.getFileName().toString().matches("chaos-.*-\\d+"))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> some(Path data, Random luck) throws IOException {
        var all = new ArrayList<>(partitions(data));
        if (all.isEmpty()) {
            return all;
        }
        Collections.shuffle(all, luck);
        return all.subList(0, 1 + luck.nextInt(all.size()));
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    static String truncate(Path data, Random luck) throws IOException {
        long cut = 0;
        var chosen = some(data, luck);
        for (var folder : chosen) {
            var segments = files(folder, LOG);
            var file = segments.getLast();
            if (luck.nextInt(4) == 0) {
                file = segments.get(luck.nextInt(segments.size()));
            }
            try (var channel = open(file)) {
                long size = channel.size();
                long keep = size == 0 ? 0 : luck.nextLong(size);
                channel.truncate(keep);
                cut += size - keep;
            }
        }
        return "%d bytes cut off in %d partitions".formatted(cut, chosen.size());
    }

    static String flip(Path data, Random luck) throws IOException {
        int flips = 0;
        var chosen = some(data, luck);
        for (var folder : chosen) {
            var segments = files(folder, LOG);
            var file = segments.get(luck.nextInt(segments.size()));
            try (var channel = open(file)) {
                long size = channel.size();
                int count = size == 0 ? 0 : 1 + luck.nextInt(FLIPS_MAX);
                for (int i = 0; i < count; i++) {
                    flipOne(channel, luck.nextLong(size), luck.nextInt(Byte.SIZE));
                }
                flips += count;
            }
        }
        return "%d bits flipped in %d partitions".formatted(flips, chosen.size());
    }

    private static void flipOne(FileChannel channel, long position, int bit) throws IOException {
        var one = ByteBuffer.allocate(1);
        channel.read(one, position);
        one.put(0, (byte) (one.get(0) ^ (1 << bit)));
        channel.write(one.flip(), position);
    }

    static String deleteIndexes(Path data, Random luck) throws IOException {
        int deleted = 0;
        for (var folder : some(data, luck)) {
            for (var suffix : List.of(".index", ".timeindex", ".snapshot")) {
                for (var file : files(folder, suffix)) {
                    if (luck.nextInt(4) > 0) {
                        Files.delete(file);
                        deleted++;
                    }
                }
            }
        }
        return deleted + " files deleted";
    }

    static String deleteAll(Path data) throws IOException {
        try (var entries = Files.list(data)) {
            entries.forEach(OwnNodes::delete);
        }
        return "everything deleted";
    }

    static void copyPartitions(Path data, Path copies) throws IOException {
        for (var folder : partitions(data)) {
            copyFolder(folder, copies.resolve(folder.getFileName()));
        }
    }

    private static void copyFolder(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (var files = Files.list(source)) {
            for (var file : files.toList()) {
                Files.copy(
                        file,
                        target.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    static String putBack(Path copies, Path data, Random luck) throws IOException {
        var chosen = some(copies, luck);
        for (var copy : chosen) {
            var folder = data.resolve(copy.getFileName());
            OwnNodes.delete(folder);
            copyFolder(copy, folder);
        }
        return "older copies of %d partitions put back".formatted(chosen.size());
    }

    // ---- what a machine forgets that goes down ----

    /// Of all that lies behind the recovery points, any page may be lost, and everything from some
    /// point on. The next boot of the machine is another one.
    static String loseUnsynced(Path data, Random luck) throws IOException {
        var synced = recoveryPoints(data);
        Files.deleteIfExists(data.resolve(BOOT));
        long lost = 0;
        int zeroed = 0;
        for (var folder : partitions(data)) {
            long point = synced.getOrDefault(folder.getFileName().toString(), 0L);
            for (var file : files(folder, LOG).reversed()) {
                try (var channel = open(file)) {
                    long from = positionOf(channel, baseOffset(file), point);
                    long size = channel.size();
                    if (from < size) {
                        long keep = from + luck.nextLong(size - from + 1);
                        channel.truncate(keep);
                        lost += size - keep;
                        zeroed += zeroSomePages(channel, from, keep, luck);
                        cutIndexes(file);
                    }
                }
                if (baseOffset(file) <= point) {
                    break; // Older segments were synced whole.
                }
            }
        }
        return "%d unsynced bytes lost, %d pages in between".formatted(lost, zeroed);
    }

    private static long baseOffset(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    private static Map<String, Long> recoveryPoints(Path data) throws IOException {
        var points = new HashMap<String, Long>();
        var file = data.resolve("recovery-point-offset-checkpoint");
        if (Files.exists(file)) {
            // Version, count, and then a line for each partition.
            Files.readAllLines(file).stream()
                    .map(line -> line.split(" "))
                    .filter(words -> words.length == 3)
                    .forEach(words ->
                            points.put(words[0] + "-" + words[1], Long.parseLong(words[2])));
        }
        return points;
    }

    /// Where the first batch begins that has an offset of `point` or more.
    private static long positionOf(FileChannel channel, long base, long point) throws IOException {
        long position = 0;
        var header = ByteBuffer.allocate(BATCH_HEADER_BYTES);
        while (base < point && channel.read(header.clear(), position) == BATCH_HEADER_BYTES) {
            if (header.getLong(0) >= point) {
                break;
            }
            position += BATCH_HEADER_BYTES + (long) header.getInt(Long.BYTES);
        }
        return Math.min(position, channel.size());
    }

    private static int zeroSomePages(FileChannel channel, long from, long to, Random luck)
            throws IOException {
        long firstPage = (from + PAGE_BYTES - 1) / PAGE_BYTES;
        long pages = to / PAGE_BYTES - firstPage;
        if (pages <= 0 || luck.nextBoolean()) {
            return 0;
        }
        int count = 1 + luck.nextInt(FLIPS_MAX);
        for (int i = 0; i < count; i++) {
            long page = firstPage + luck.nextLong(pages);
            channel.write(ByteBuffer.allocate(PAGE_BYTES), page * PAGE_BYTES);
        }
        return count;
    }

    /// What an index had of them was not synced either.
    private static void cutIndexes(Path segment) {
        var name = segment.getFileName().toString().replace(LOG, "");
        for (var suffix : List.of(".index", ".timeindex")) {
            try {
                Files.deleteIfExists(segment.resolveSibling(name + suffix));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
