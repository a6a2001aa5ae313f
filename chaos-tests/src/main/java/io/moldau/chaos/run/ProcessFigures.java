package io.moldau.chaos.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What the kernel counts for one process.
///
/// @param residentBytes memory that it occupies, shared pages included
/// @param peakResidentBytes the most it ever occupied
/// @param threads native threads
/// @param openFiles descriptors, sockets included
public record ProcessFigures(
        long residentBytes, long peakResidentBytes, int threads, int openFiles) {
    public static ProcessFigures of(long pid) {
        var proc = Path.of("/proc", Long.toString(pid));
        try (var descriptors = Files.list(proc.resolve("fd"))) {
            int openFiles = Math.toIntExact(descriptors.count());
            var status = Files.readString(proc.resolve("status"));
            return new ProcessFigures(
                    field(status, "VmRSS:") * 1024,
                    field(status, "VmHWM:") * 1024,
                    Math.toIntExact(field(status, "Threads:")),
                    openFiles);
        } catch (IOException e) {
            throw new UncheckedIOException("no figures of process " + pid, e);
        }
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "rss %d MiB (peak %d), %d threads, %d open files",
                residentBytes >> 20,
                peakResidentBytes >> 20,
                threads,
                openFiles);
    }
}
