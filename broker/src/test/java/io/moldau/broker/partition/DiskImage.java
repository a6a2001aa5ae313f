package io.moldau.broker.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/// All files of a folder as they were at one moment.
///
/// Put back after the node has stopped it is what a disk has after a crash: taken just before the
/// stop it is a `kill -9`, taken earlier the machine has lost what was not synced since.
final class DiskImage {
    private static final String LOCK = ".lock";

    private final Path folder;
    private final Map<Path, byte[]> files;

    private DiskImage(Path folder, Map<Path, byte[]> files) {
        this.folder = folder;
        this.files = files;
    }

    static DiskImage of(Path folder) {
        var files = new TreeMap<Path, byte[]>();
        try (var walk = Files.walk(folder)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith(LOCK)) {
                    files.put(folder.relativize(file), Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DiskImage(folder, files);
    }

    byte[] bytes(String file) {
        return files.get(Path.of(file)).clone();
    }

    /// The same disk with another content of one file.
    DiskImage with(String file, byte[] content) {
        var changed = new TreeMap<>(files);
        changed.put(Path.of(file), content);
        return new DiskImage(folder, changed);
    }

    /// Makes the folder what it was.
    void putBack() {
        try {
            try (var walk = Files.walk(folder)) {
                for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
            for (var file : files.entrySet()) {
                var path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
