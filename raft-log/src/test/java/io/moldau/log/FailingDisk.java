package io.moldau.log;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/// A disk that goes away at the nth change of a name, and before it is made.
final class FailingDisk implements Disk {
    private final Disk disk;
    private long changesLeft = Long.MAX_VALUE;

    FailingDisk(Disk disk) {
        this.disk = disk;
    }

    /// @param changes how many succeed from now on
    void failAfter(long changes) {
        changesLeft = changes;
    }

    void mend() {
        changesLeft = Long.MAX_VALUE;
    }

    private void change() {
        if (changesLeft <= 0) {
            throw new UncheckedIOException(new IOException("the disk is gone"));
        }
        changesLeft--;
    }

    @Override
    public FileChannel create(Path file) {
        change();
        return disk.create(file);
    }

    @Override
    public FileChannel open(Path file) {
        return disk.open(file);
    }

    @Override
    public List<String> list(Path directory) {
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override
    public long size(Path file) {
        return disk.size(file);
    }

    @Override
    public long lastModifiedMs(Path file) {
        return disk.lastModifiedMs(file);
    }

    @Override
    public void createDirectories(Path directory) {
        change();
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) {
        change();
        disk.rename(source, target);
    }

    @Override
    public void delete(Path path) {
        change();
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        change();
        disk.syncDirectory(directory);
    }

    @Override
    public Lock tryLock(Path file) {
        return disk.tryLock(file);
    }

    @Override
    public long usableBytes(Path path) {
        return disk.usableBytes(path);
    }

    @Override
    public long totalBytes(Path path) {
        return disk.totalBytes(path);
    }
}
