package io.moldau.env;

import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/// A file system, as far as a log needs one. Any thread.
///
/// Every method throws [UncheckedIOException] when the disk refuses. What is written survives the
/// process at once, and the machine only after `force` on its channel; a new, renamed or removed
/// name survives the machine only after [#syncDirectory].
public interface Disk {
    /// Opens for reading and writing, made when missing. The caller closes it.
    FileChannel create(Path file);

    /// Opens for reading and writing. The caller closes it.
    ///
    /// @throws UncheckedIOException of a `NoSuchFileException` when it is missing
    FileChannel open(Path file);

    /// The names in a directory, in no order; empty when there is no such directory.
    List<String> list(Path directory);

    boolean exists(Path path);

    boolean isDirectory(Path path);

    /// Bytes of a file; 0 when it is missing.
    long size(Path file);

    long lastModifiedMs(Path file);

    void createDirectories(Path directory);

    /// Atomic; takes the place of `target` if there is one.
    void rename(Path source, Path target);

    /// Removes a file, or an empty directory. No complaint when it is missing.
    void delete(Path path);

    void syncDirectory(Path directory);

    /// Locks a file against other processes, made when missing. Returns what unlocks it, or null
    /// when somebody else holds it.
    Lock tryLock(Path file);

    long usableBytes(Path path);

    long totalBytes(Path path);

    /// Held until closed.
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /// The machine's own file system.
    static Disk system() {
        return SystemDisk.INSTANCE;
    }
}
