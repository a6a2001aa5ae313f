package io.moldau.env.sim;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A disk in memory, and an adversary as far as it is told to be one.
///
/// At a crash of the machine it forgets what a real one may forget. Of a file that was not synced
/// some of the latest writes are lost, the first lost one leaves a torn piece or zeros. Of names
/// that were not synced a number of the latest changes is undone, in order, as a journalling file
/// system does. [DiskFault] says what it may do besides. The seed decides. One thread at a time.
public final class SimDisk implements Disk {
    private static final long PLENTY = 1L << 40;

    private final Random random;
    private final SimFolder root = new SimFolder();
    private final List<SimFolder.Change> journal = new ArrayList<>();
    private final Set<Path> locked = new HashSet<>();
    private final Set<DiskFault> faults = EnumSet.noneOf(DiskFault.class);
    private BiPredicate<DiskOrder, Path> deaf = (_, _) -> false;
    private long freeBytes = PLENTY;
    private int syncsToFail;
    private int writesToLose;
    private int writesToMisdirect;
    private String strayEnding = "";
    private int ordersUntilPowerCut = Integer.MAX_VALUE;
    private int generation;

    public SimDisk(long seed) {
        this.random = new Random(seed);
    }

    /// From now on it may do this, too.
    public SimDisk with(DiskFault fault) {
        faults.add(fault);
        return this;
    }

    /// It hears such orders, says yes and does nothing.
    public SimDisk deafTo(BiPredicate<DiskOrder, Path> orders) {
        deaf = orders;
        return this;
    }

    /// Makes a directory that has been there for ever.
    public SimDisk mount(Path directory) {
        createDirectories(directory);
        commit(_ -> true);
        return this;
    }

    /// The machine goes down and comes up again. Open files and locks are gone.
    public void crash() {
        ordersUntilPowerCut = Integer.MAX_VALUE;
        if (faults.contains(DiskFault.SEPARATE_DIRECTORIES)) {
            for (var folder : journal.stream().map(SimFolder.Change::folder).distinct().toList()) {
                keepSome(journal.stream().filter(change -> change.folder() == folder).toList());
            }
        } else {
            keepSome(journal);
        }
        journal.clear();
        root.crash();
        eachFile(
                root,
                file ->
                        file.crash(
                                random,
                                faults.contains(DiskFault.REORDERED_WRITES),
                                faults.contains(DiskFault.TORN_SECTORS)));
        kill();
    }

    private void keepSome(List<SimFolder.Change> changes) {
        int kept = random.nextInt(changes.size() + 1);
        changes.subList(0, kept).forEach(SimFolder.Change::makeDurable);
    }

    private static void eachFile(SimFolder folder, Consumer<SimFile> action) {
        for (var node : folder.entries.values()) {
            switch (node) {
                case SimFile file -> action.accept(file);
                case SimFolder below -> eachFile(below, action);
                default -> throw new IllegalStateException("a directory holds " + node);
            }
        }
    }

    /// The process dies, the machine does not: what was written is there.
    public void kill() {
        generation++;
        locked.clear();
    }

    /// Reads show what the platter has, but for what it has not got yet.
    public void evict() {
        eachFile(root, SimFile::evict);
    }

    /// Bit rot.
    public void flip(Path path, long position, int mask) {
        file(path).flip(position, mask);
    }

    /// So much more can be written; what comes then is written in part and refused.
    public void setFreeBytes(long bytes) {
        freeBytes = bytes;
    }

    /// There is room again.
    public void clean() {
        freeBytes = PLENTY;
    }

    /// The next `count` syncs of a file fail, and what they were about may never arrive.
    public void failSyncs(int count) {
        syncsToFail = count;
    }

    /// The next `count` writes to files with such a name never reach the platter, whatever syncs
    /// say.
    public void loseWrites(int count, String ending) {
        writesToLose = count;
        strayEnding = ending;
    }

    /// The next `count` writes to files with such a name land elsewhere in their file.
    public void misdirectWrites(int count, String ending) {
        writesToMisdirect = count;
        strayEnding = ending;
    }

    /// The power fails once `orders` more changes were made; until [#crash] nothing works.
    public void cutPowerAfter(int orders) {
        ordersUntilPowerCut = orders;
    }

    public boolean isPowerCut() {
        return ordersUntilPowerCut <= 0;
    }

    /// To be called before anything changes.
    private void checkPower() throws IOException {
        if (ordersUntilPowerCut <= 0) {
            throw new IOException("the power is cut");
        }
        if (ordersUntilPowerCut < Integer.MAX_VALUE) {
            ordersUntilPowerCut--;
        }
    }

    private void checkPowerUnchecked() {
        try {
            checkPower();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int generation() {
        return generation;
    }

    private boolean isDeaf(DiskOrder order, Path path) {
        return deaf.test(order, path);
    }

    /// How many of `wanted` bytes go at once.
    int transfer(int wanted) {
        return wanted > 1 && faults.contains(DiskFault.SHORT_TRANSFERS) && random.nextInt(4) == 0
                ? 1 + random.nextInt(wanted)
                : wanted;
    }

    /// How many of `wanted` bytes there is room for.
    ///
    /// @param grows by how much the file grows if all of them are written
    int roomFor(int wanted, long grows) throws IOException {
        checkPower();
        if (grows <= freeBytes) {
            freeBytes -= Math.max(0, grows);
            return wanted;
        }
        int possible = (int) (wanted - grows + freeBytes);
        int count = possible <= 0 ? 0 : random.nextInt(possible + 1);
        if (count == 0) {
            throw new IOException("No space left on device");
        }
        freeBytes = 0;
        return count;
    }

    void free(long bytes) {
        freeBytes += bytes;
    }

    /// Where a write to `position` lands.
    int landingOf(Path path, long position) {
        if (!path.toString().endsWith(strayEnding)) {
            return (int) position;
        }
        if (writesToLose > 0) {
            writesToLose--;
            return -1;
        }
        if (writesToMisdirect > 0 && position > 0) {
            writesToMisdirect--;
            return random.nextInt((int) position);
        }
        return (int) position;
    }

    void force(Path path, SimFile file) throws IOException {
        checkPower();
        if (syncsToFail > 0) {
            syncsToFail--;
            file.failSync(random);
        }
        if (!isDeaf(DiskOrder.FORCE, path)) {
            file.force();
        }
    }

    void truncate(Path path, SimFile file, long size) throws IOException {
        checkPower();
        if (!isDeaf(DiskOrder.TRUNCATE, path)) {
            free(Math.max(0, file.size() - size));
            file.truncate(size);
        }
    }

    private Object node(Path path) {
        Object at = root;
        for (var name : path) {
            if (!(at instanceof SimFolder folder)) {
                return null;
            }
            at = folder.entries.get(name.toString());
        }
        return at;
    }

    private SimFile file(Path path) {
        if (node(path) instanceof SimFile file) {
            return file;
        }
        throw missing(path);
    }

    private SimFolder parentOf(Path path) {
        if (node(path.getParent()) instanceof SimFolder folder) {
            return folder;
        }
        throw missing(path.getParent());
    }

    private static UncheckedIOException missing(Path path) {
        return new UncheckedIOException(new NoSuchFileException(path.toString()));
    }

    private void change(SimFolder folder, String gone, String made, Object node) {
        checkPowerUnchecked();
        var change = new SimFolder.Change(folder, gone, made, node);
        change.carryOut();
        journal.add(change);
    }

    @Override
    public FileChannel create(Path path) {
        if (node(path) == null) {
            var parent = parentOf(path);
            if (freeBytes <= 0) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
            change(parent, null, path.getFileName().toString(), new SimFile());
        }
        return open(path);
    }

    @Override
    public FileChannel open(Path path) {
        return new SimChannel(this, path, file(path));
    }

    @Override
    public List<String> list(Path directory) {
        return node(directory) instanceof SimFolder folder
                ? List.copyOf(folder.entries.keySet())
                : List.of();
    }

    @Override
    public boolean exists(Path path) {
        return node(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        return node(path) instanceof SimFolder;
    }

    @Override
    public long size(Path path) {
        return node(path) instanceof SimFile file ? file.size() : 0;
    }

    @Override
    public long lastModifiedMs(Path path) {
        return 0;
    }

    @Override
    public void createDirectories(Path directory) {
        var at = root;
        for (var name : directory) {
            if (!at.entries.containsKey(name.toString())) {
                change(at, null, name.toString(), new SimFolder());
            }
            at = (SimFolder) at.entries.get(name.toString());
        }
    }

    @Override
    public void rename(Path source, Path target) {
        var node = node(source);
        if (node == null) {
            throw missing(source);
        }
        if (!isDeaf(DiskOrder.RENAME, target)) {
            var folder = parentOf(source);
            change(folder, source.getFileName().toString(), target.getFileName().toString(), node);
        }
    }

    @Override
    public void delete(Path path) {
        var node = node(path);
        if (node instanceof SimFolder folder && !folder.entries.isEmpty()) {
            throw new UncheckedIOException(new DirectoryNotEmptyException(path.toString()));
        }
        if (node != null && !isDeaf(DiskOrder.DELETE, path)) {
            if (node instanceof SimFile file) {
                free(file.size());
            }
            change(parentOf(path), path.getFileName().toString(), null, null);
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        if (!(node(directory) instanceof SimFolder folder)) {
            throw missing(directory);
        }
        checkPowerUnchecked();
        if (!isDeaf(DiskOrder.SYNC_DIRECTORY, directory)) {
            boolean separate = faults.contains(DiskFault.SEPARATE_DIRECTORIES);
            commit(change -> !separate || change.folder() == folder);
        }
    }

    private void commit(Predicate<SimFolder.Change> which) {
        journal.removeIf(change -> {
            if (!which.test(change)) {
                return false;
            }
            change.makeDurable();
            return true;
        });
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
        return freeBytes;
    }

    @Override
    public long totalBytes(Path path) {
        return PLENTY;
    }
}
