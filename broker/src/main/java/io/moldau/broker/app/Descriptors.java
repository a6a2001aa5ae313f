package io.moldau.broker.app;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;

/// File descriptors that the operating system grants this process.
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    /// Where the operating system does not tell: what most grant at least.
    private static final long USUAL_LIMIT = 1_024;

    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final int FOR_FILES_MAX = 4_096;
    private static final int FOR_FILES_MIN = 16;
    private static final int FOR_OTHERS_MAX = 512;
    private static final int FOR_OTHERS_MIN = 64;

    private Descriptors() {}

    /// How many segment files may be open; a slice under way may add to them for a moment.
    static int forFiles(long limit) {
        return Math.clamp(limit / 4, FOR_FILES_MIN, FOR_FILES_MAX);
    }

    /// How many clients may be connected. What is left is for libraries, for other nodes and for
    /// what is opened for a moment: a node that has run out of descriptors can do nothing at all.
    static int forConnections(long limit) {
        long others = Math.clamp(limit / 4, FOR_OTHERS_MIN, FOR_OTHERS_MAX);
        return Math.clamp(limit - forFiles(limit) - others, FOR_FILES_MIN, Integer.MAX_VALUE);
    }

    /// How many are in use; -1 where the operating system does not tell.
    static long used() {
        try (var open = Files.newDirectoryStream(OPEN)) {
            long count = -1; // This listing is one of them.
            for (var _ : open) {
                count++;
            }
            return count;
        } catch (IOException | DirectoryIteratorException _) {
            return -1;
        }
    }

    /// The soft limit. Read from `/proc`, since the management beans cost a tenth of the start.
    static long limit() {
        if (!Files.isReadable(LIMITS)) {
            return USUAL_LIMIT;
        }
        try (var lines = Files.lines(LIMITS)) {
            return lines.filter(line -> line.startsWith(OPEN_FILES))
                    .map(line -> line.substring(OPEN_FILES.length()).trim().split("\\s+", 2)[0])
                    .mapToLong(soft ->
                            soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst()
                    .orElse(USUAL_LIMIT);
        } catch (IOException | NumberFormatException _) {
            return USUAL_LIMIT;
        }
    }
}
