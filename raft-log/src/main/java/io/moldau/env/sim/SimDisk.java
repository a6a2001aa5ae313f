package io.moldau.env.sim;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// A disk in memory that obeys, and at a crash of the machine forgets as much as a real one may.
///
/// Of a file that was not flushed some of the latest writes are lost, the first lost one leaves a
/// torn piece or zeros. Of names that were not synced a number of the latest changes is undone, in
/// order, as a journalling file system does. The seed decides. One thread at a time.
public final class SimDisk implements Disk {
    private final Random random;
    private Map<Path, SimFile> names = new HashMap<>();
    private Set<Path> directories = new HashSet<>();
    private final Set<Path> locked = new HashSet<>();
    private final List<Names> history = new ArrayList<>();
    private int generation;
    private long filesMade;

    /// What a directory tree looked like after some change that is not yet durable.
    private record Names(Map<Path, SimFile> names, Set<Path> directories) {}

    public SimDisk(long seed) {
        this.random = new Random(seed);
        onNamesSynced();
    }

    /// The machine goes down and comes up again. Open files and locks are gone.
    public void crash() {
        var kept = history.get(random.nextInt(history.size()));
        names = new HashMap<>(kept.names());
        directories = new HashSet<>(kept.directories());
        // In the order in which they were made: the same seed is the same crash.
        new TreeSet<>(names.values()).forEach(file -> file.crash(random));
        onNamesSynced();
        kill();
    }

    /// The process dies, the machine does not: what was written is there.
    public void kill() {
        generation++;
        locked.clear();
    }

    int generation() {
        return generation;
    }

    private void onNamesSynced() {
        history.clear();
        history.add(new Names(Map.copyOf(names), Set.copyOf(directories)));
    }

    private void onNamesChanged() {
        history.add(new Names(Map.copyOf(names), Set.copyOf(directories)));
    }

    private SimFile file(Path path) {
        var file = names.get(path);
        if (file == null) {
            throw new UncheckedIOException(new NoSuchFileException(path.toString()));
        }
        return file;
    }

    @Override
    public FileChannel create(Path path) {
        if (!names.containsKey(path)) {
            if (!directories.contains(path.getParent())) {
                throw new UncheckedIOException(new NoSuchFileException(path.toString()));
            }
            names.put(path, new SimFile(filesMade++));
            onNamesChanged();
        }
        return open(path);
    }

    @Override
    public FileChannel open(Path path) {
        return new SimChannel(this, file(path));
    }

    @Override
    public List<String> list(Path directory) {
        var children = new ArrayList<String>();
        for (var paths : List.of(names.keySet(), directories)) {
            for (var path : paths) {
                if (directory.equals(path.getParent())) {
                    children.add(path.getFileName().toString());
                }
            }
        }
        children.sort(null);
        return children;
    }

    @Override
    public boolean exists(Path path) {
        return names.containsKey(path) || directories.contains(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return directories.contains(path);
    }

    @Override
    public long size(Path path) {
        return names.containsKey(path) ? file(path).size() : 0;
    }

    @Override
    public long lastModifiedMs(Path path) {
        return 0;
    }

    @Override
    public void createDirectories(Path directory) {
        for (var path = directory; path != null && directories.add(path); ) {
            path = path.getParent();
        }
        onNamesChanged();
    }

    @Override
    public void rename(Path source, Path target) {
        if (directories.contains(source)) {
            renameDirectory(source, target);
        } else {
            names.put(target, file(source));
            names.remove(source);
        }
        onNamesChanged();
    }

    private void renameDirectory(Path source, Path target) {
        directories.remove(source);
        directories.add(target);
        for (var path : List.copyOf(names.keySet())) {
            if (path.startsWith(source)) {
                names.put(target.resolve(source.relativize(path)), names.remove(path));
            }
        }
    }

    @Override
    public void delete(Path path) {
        if (directories.contains(path) && !list(path).isEmpty()) {
            throw new UncheckedIOException(new DirectoryNotEmptyException(path.toString()));
        }
        names.remove(path);
        directories.remove(path);
        onNamesChanged();
    }

    @Override
    public void syncDirectory(Path directory) {
        if (!directories.contains(directory)) {
            throw new UncheckedIOException(new NoSuchFileException(directory.toString()));
        }
        onNamesSynced();
    }

    @Override
    public Lock tryLock(Path path) {
        try {
            create(path).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return locked.add(path) ? () -> locked.remove(path) : null;
    }

    @Override
    public long usableBytes(Path path) {
        return 1L << 40;
    }

    @Override
    public long totalBytes(Path path) {
        return 1L << 40;
    }
}
