package io.moldau.broker.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds out who listens on a port, where `/proc` tells and permits.
final class PortOwner {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";

    private PortOwner() {}

    /// Such as `process 4711 (java)`; empty if it cannot be told.
    static Optional<String> of(int port) {
        var sockets =
                Stream.of("net/tcp", "net/tcp6")
                        .flatMap(table -> listeningInodes(PROC.resolve(table), port))
                        .map(inode -> "socket:[" + inode + "]")
                        .collect(Collectors.toSet());
        return sockets.isEmpty() ? Optional.empty() : processWith(sockets);
    }

    /// Columns: `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode`.
    private static Stream<String> listeningInodes(Path table, int port) {
        String suffix = ":%04X".formatted(port);
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.trim().split("\\s+", -1))
                    .filter(column -> column.length > 9)
                    .filter(column -> column[1].endsWith(suffix) && column[3].equals(LISTENING))
                    .map(column -> column[9]);
        } catch (IOException e) {
            return Stream.empty(); // Not a Linux, or not a readable one.
        }
    }

    private static Optional<String> processWith(Set<String> sockets) {
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var process : processes) {
                if (holdsOneOf(process.resolve("fd"), sockets)) {
                    return Optional.of("process " + process.getFileName() + name(process));
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // As above.
        }
        return Optional.empty();
    }

    private static boolean holdsOneOf(Path descriptors, Set<String> sockets) {
        try (var links = Files.newDirectoryStream(descriptors)) {
            for (var link : links) {
                if (sockets.contains(Files.readSymbolicLink(link).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // Another user's process, or one that has just ended.
        }
        return false;
    }

    private static String name(Path process) {
        try {
            return " (" + Files.readString(process.resolve("comm")).trim() + ")";
        } catch (IOException e) {
            return ""; // It has ended meanwhile.
        }
    }
}
