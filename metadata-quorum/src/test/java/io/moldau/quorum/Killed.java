package io.moldau.quorum;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a kill -9 leaves: the files as they are at that moment.
final class Killed {
    private Killed() {}

    /// Copies the directory of a quorum that runs on.
    static Path copyOf(Path running, Path target) throws IOException {
        for (var source : files(running)) {
            var copy = target.resolve(running.relativize(source).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(source, copy);
        }
        return target;
    }

    /// Every file below `directory`.
    static List<Path> files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /// The one file below `directory` whose name begins so.
    static Path file(Path directory, String prefix) throws IOException {
        return files(directory).stream()
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + prefix + " in " + directory));
    }

    /// Where Ratis notes its term and vote.
    static Path voteOf(Path directory) throws IOException {
        return files(directory).stream()
                .filter(file -> file.getFileName().toString().equals("raft-meta"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no vote in " + directory));
    }
}
