package io.moldau.broker.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// File descriptors that the operating system grants this process.
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    /// Where the operating system does not tell: what most grant at least.
    private static final long USUAL_LIMIT = 1_024;

    private Descriptors() {}

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
