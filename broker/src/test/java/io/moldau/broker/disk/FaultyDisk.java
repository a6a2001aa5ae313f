package io.moldau.broker.disk;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// The machine's file system, some folders of which do not work, or say that they are full.
public final class FaultyDisk implements Disk {
    public static final String BROKEN = "Input/output error";
    public static final String FULL = "No space left on device";
    public static final String TOO_MANY = "Too many open files";

    private final Disk real = Disk.system();
    private final Map<Path, String> faults = new ConcurrentHashMap<>();
    private final Map<Path, CountDownLatch> held = new ConcurrentHashMap<>();
    private volatile long usable = 1L << 40;

    /// Everything under `folder` is refused with these words from now on; what is open already only
    /// where it is written or flushed.
    public void refuse(Path folder, String words) {
        faults.put(folder, words);
    }

    public void heal(Path folder) {
        faults.remove(folder);
    }

    /// Whoever opens a file with records under `folder` waits from now on.
    public void hold(Path folder) {
        held.put(folder, new CountDownLatch(1));
    }

    public void letGo(Path folder) {
        held.remove(folder).countDown();
    }

    public void letGoOfAll() {
        held.keySet().forEach(this::letGo);
    }

    private void awaitRelease(Path file) {
        try {
            for (var hold : held.entrySet()) {
                if (file.startsWith(hold.getKey()) && file.toString().endsWith(".log")) {
                    hold.getValue().await();
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void setUsable(long bytes) {
        usable = bytes;
    }

    void check(Path path, boolean writes) throws IOException {
        for (var fault : faults.entrySet()) {
            boolean concerns = !fault.getValue().equals(FULL) || writes;
            if (path.startsWith(fault.getKey()) && concerns) {
                throw new IOException(fault.getValue());
            }
        }
    }

    private void checked(Path path, boolean writes) {
        try {
            check(path, writes);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public FileChannel create(Path file) {
        checked(file, !real.exists(file));
        return new FaultyChannel(this, file, real.create(file));
    }

    @Override
    public FileChannel open(Path file) {
        awaitRelease(file);
        checked(file, false);
        return new FaultyChannel(this, file, real.open(file));
    }

    @Override
    public List<String> list(Path directory) {
        checked(directory, false);
        return real.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return real.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return real.isDirectory(path);
    }

    @Override
    public long size(Path file) {
        checked(file, false);
        return real.size(file);
    }

    @Override
    public long lastModifiedMs(Path file) {
        return real.lastModifiedMs(file);
    }

    @Override
    public void createDirectories(Path directory) {
        checked(directory, !real.exists(directory));
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) {
        checked(source, false);
        real.rename(source, target);
    }

    @Override
    public void delete(Path path) {
        checked(path, false);
        real.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        checked(directory, false);
        real.syncDirectory(directory);
    }

    @Override
    public Lock tryLock(Path file) {
        return real.tryLock(file);
    }

    @Override
    public long usableBytes(Path path) {
        checked(path, false);
        return usable;
    }

    @Override
    public long totalBytes(Path path) {
        return 1L << 40;
    }
}
