package io.moldau.env;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

enum SystemDisk implements Disk {
    INSTANCE;

    @Override
    public FileChannel create(Path file) {
        return unchecked(() ->
                FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE));
    }

    @Override
    public FileChannel open(Path file) {
        return unchecked(
                () -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public List<String> list(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long lastModifiedMs(Path file) {
        return unchecked(() -> Files.getLastModifiedTime(file).toMillis());
    }

    @Override
    public void createDirectories(Path directory) {
        unchecked(() -> Files.createDirectories(directory));
    }

    @Override
    public void rename(Path source, Path target) {
        unchecked(() ->
                Files.move(
                        source,
                        target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void delete(Path path) {
        unchecked(() -> Files.deleteIfExists(path));
    }

    @Override
    public void syncDirectory(Path directory) {
        unchecked(() -> {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return directory;
        });
    }

    @Override
    public Lock tryLock(Path file) {
        var channel = create(file);
        try {
            var held = channel.tryLock();
            if (held == null) {
                channel.close();
                return null;
            }
            return () ->
                    unchecked(() -> {
                        channel.close(); // Which releases the lock.
                        return channel;
                    });
        } catch (OverlappingFileLockException _) { // Held by this very process.
            closeQuietly(channel);
            return null;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long usableBytes(Path path) {
        return unchecked(() -> Files.getFileStore(path).getUsableSpace());
    }

    @Override
    public long totalBytes(Path path) {
        return unchecked(() -> Files.getFileStore(path).getTotalSpace());
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface DiskCall<T> {
        T run() throws IOException;
    }

    private static <T> T unchecked(DiskCall<T> call) {
        try {
            return call.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e.toString(), e);
        }
    }
}
