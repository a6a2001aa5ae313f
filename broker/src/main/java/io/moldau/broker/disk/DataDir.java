package io.moldau.broker.disk;

import io.moldau.env.Disk;
import io.moldau.env.DiskTrouble;
import io.moldau.log.LogDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One data directory: whether its disk works, and how much room it has.
///
/// Any thread may ask, and say what the disk refused; one thread looks after it ([#look]).
public final class DataDir implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DataDir.class);
    private static final String PROBE = ".probe";
    private static final int PROBE_BYTES = 512;

    /// Less is as good as nothing.
    private static final long NOTHING_BYTES = 128 * 1024;

    /// Where a disk says that it is full and its figures do not: so long it counts as full.
    private static final long BELIEVED_MS = 10_000;

    private static final long RETRY_MS_MIN = 5_000;
    private static final long RETRY_MS_MAX = 300_000;

    private final Path root;
    private final Disk disk;
    private final @Nullable LogDirectory logs;
    private final Watermarks marks;
    private final Reserve reserve;
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile @Nullable String failure;
    private volatile Room room = Room.ENOUGH;
    private volatile boolean suspected;
    private volatile boolean saidFull;
    private volatile boolean hurried;
    private volatile Runnable hurry = () -> {};

    private long fullUntilMs = Long.MIN_VALUE;
    private long retryMs = RETRY_MS_MIN;
    private long retryAtMs;
    private boolean toldOnline;
    private Room toldRoom = Room.ENOUGH;

    private DataDir(
            Path root,
            Disk disk,
            @Nullable LogDirectory logs,
            Watermarks marks,
            long reserveBytes,
            @Nullable String failure) {
        this.root = root;
        this.disk = disk;
        this.logs = logs;
        this.marks = marks;
        this.reserve = new Reserve(disk, root, reserveBytes);
        this.failure = failure;
        this.toldOnline = failure == null;
    }

    /// One that is open.
    ///
    /// @param reserveBytes held back in a file that is given up when nothing else is left
    public static DataDir of(LogDirectory logs, Disk disk, Watermarks marks, long reserveBytes) {
        return new DataDir(logs.root(), disk, logs, marks, reserveBytes, null);
    }

    /// One that never fills, for those who do not care.
    public static DataDir of(LogDirectory logs) {
        return of(logs, Disk.system(), Watermarks.NONE, 0);
    }

    /// One that holds no partitions.
    public static DataDir withoutLogs(Path root, Disk disk, Watermarks marks, long reserveBytes) {
        return new DataDir(root, disk, null, marks, reserveBytes, null);
    }

    /// One that could not be opened. It stays away for as long as the process lives.
    public static DataDir unusable(Path root, String why) {
        return new DataDir(root, Disk.system(), null, Watermarks.NONE, 0, why);
    }

    public Path root() {
        return root;
    }

    /// Null where it could not be opened, or holds no partitions.
    public @Nullable LogDirectory logs() {
        return logs;
    }

    public boolean isOnline() {
        return failure == null;
    }

    /// Why it cannot be used; null while it can.
    public @Nullable String failure() {
        return failure;
    }

    public Room room() {
        return room;
    }

    public Watermarks marks() {
        return marks;
    }

    /// What remains to be written, by the last look and what was written since.
    public long leftBytes() {
        return left.get();
    }

    /// Records were written. Whoever writes fast does not have to wait for the next look.
    public void onWritten(long bytes) {
        if (left.addAndGet(-bytes) < marks.low() && room == Room.ENOUGH) {
            room = Room.LOW;
            hurry();
        }
    }

    /// What the disk's refusal means. The system's words may be in any language, hence the look at
    /// the space that is left.
    public DiskTrouble troubleOf(Throwable refusal) {
        var told = DiskTrouble.of(refusal);
        return told == DiskTrouble.FAILED && hasNothingLeft() ? DiskTrouble.FULL : told;
    }

    private boolean hasNothingLeft() {
        try {
            return isOnline() && disk.usableBytes(root) < NOTHING_BYTES;
        } catch (UncheckedIOException e) {
            LOGGER.atDebug().addKeyValue("directory", root).setCause(e).log("free space unknown");
            return false;
        }
    }

    /// The disk has refused something: the next look tries it out.
    public void suspect() {
        suspected = true;
        hurry();
    }

    /// The disk has refused for want of room, whatever its figures say.
    public void onFull() {
        saidFull = true;
        room = Room.CRITICAL;
        hurry();
    }

    private void hurry() {
        if (!hurried) {
            hurried = true;
            hurry.run();
        }
    }

    /// @param look has somebody call [#look] soon
    void onHurry(Runnable look) {
        hurry = look;
    }

    /// Measures the room, tries out a disk that has refused something, and one that had failed from
    /// time to time. Returns whether it is fit for something else than at the last look.
    public boolean look(long nowMs) {
        hurried = false;
        if (failure != null) {
            if (logs != null && nowMs >= retryAtMs) {
                tryAgain(nowMs);
            }
        } else if (suspected || !measure(nowMs)) {
            suspected = false;
            tryOut(nowMs);
        }
        boolean changed = toldOnline != isOnline() || toldRoom != room;
        toldOnline = isOnline();
        toldRoom = room;
        return changed;
    }

    /// Returns whether the disk told.
    private boolean measure(long nowMs) {
        try {
            long usable = disk.usableBytes(root);
            if (saidFull) {
                saidFull = false;
                fullUntilMs = nowMs + BELIEVED_MS;
            }
            boolean isFull = nowMs < fullUntilMs;
            if (isFull || usable < marks.critical() / 2) {
                reserve.giveUp();
            }
            left.set(usable);
            room = isFull ? Room.CRITICAL : marks.after(room, usable);
            if (room != Room.ENOUGH && logs != null) {
                logs.sweepAll();
            }
            return true;
        } catch (UncheckedIOException e) {
            LOGGER.atWarn().addKeyValue("directory", root).setCause(e).log("free space unknown");
            return false;
        }
    }

    private void tryOut(long nowMs) {
        var refusal = probe();
        switch (refusal == null ? null : troubleOf(refusal)) {
            case null -> measure(nowMs);
            case FULL -> {
                saidFull = true;
                measure(nowMs);
            }
            case TOO_MANY_FILES -> suspected = true;
            case FAILED -> {
                failure = refusal.getMessage();
                retryAtMs = nowMs + retryMs;
            }
        }
    }

    private void tryAgain(long nowMs) {
        var refusal = probe();
        if (refusal == null || DiskTrouble.of(refusal) == DiskTrouble.FULL) {
            failure = null;
            measure(nowMs);
        }
        // A disk that comes and goes is left alone for longer each time.
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
        retryAtMs = nowMs + retryMs;
    }

    /// Writes something, waits for the disk, and takes it away. Returns what was refused, or null.
    private @Nullable UncheckedIOException probe() {
        var file = root.resolve(PROBE);
        try {
            try (FileChannel channel = disk.create(file)) {
                channel.write(ByteBuffer.allocate(PROBE_BYTES), 0);
                channel.force(true);
            }
            disk.delete(file);
            disk.syncDirectory(root);
            return null;
        } catch (IOException e) {
            return new UncheckedIOException(e.toString(), e);
        } catch (UncheckedIOException e) {
            return e;
        }
    }

    /// Holds the reserve, where there is room for it and more.
    void holdReserve() {
        if (failure != null || room != Room.ENOUGH) {
            return;
        }
        try {
            if (!reserve.isHeld()
                    && disk.usableBytes(root) >= marks.resume() + reserve.sizeBytes()) {
                reserve.hold();
            }
        } catch (UncheckedIOException e) {
            LOGGER.atInfo().addKeyValue("directory", root).setCause(e).log("no space kept back");
        }
    }

    /// One sentence about what it is not fit for; empty when it is fit for everything.
    public String problem() {
        var why = failure;
        if (why != null) {
            return "The data directory %s is offline: %s".formatted(root, why);
        }
        long leftMb = Math.max(0, left.get()) >> 20;
        return switch (room) {
            case ENOUGH -> "";
            case LOW ->
                    "The disk of %s is nearly full (%d MB left, disk.min.free.bytes is %d MB): producers are refused until there is room again."
                            .formatted(root, leftMb, marks.low() >> 20);
            case CRITICAL ->
                    "The disk of %s is full (%d MB left): producers and replicas are refused until there is room again."
                            .formatted(root, leftMb);
        };
    }

    /// Closes in order what works, and lets go of what does not.
    @Override
    public void close() {
        if (logs == null) {
            return;
        }
        try {
            if (isOnline()) {
                logs.close();
            } else {
                logs.abandon();
            }
        } catch (UncheckedIOException e) {
            LOGGER.atError()
                    .addKeyValue("directory", root)
                    .setCause(e)
                    .log("data directory not closed cleanly, it will be recovered");
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
