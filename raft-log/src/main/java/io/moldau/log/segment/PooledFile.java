package io.moldau.log.segment;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/// A file of a segment that is open only while somebody needs it, or lately did.
///
/// Its name may change under it (a segment that is being deleted); open descriptors do not mind. It
/// is put together when it is asked for: a large node has hundreds of thousands of names. Any
/// thread may acquire; the owner alone renames and deletes.
public final class PooledFile implements ByteSource {
    private static final AtomicIntegerFieldUpdater<PooledFile> GENERATION =
            AtomicIntegerFieldUpdater.newUpdater(PooledFile.class, "generation");

    private final Disk disk;
    private final FilePool pool;
    private final Path folder;
    private final long baseOffset;
    private final String kind;
    private volatile String aside;
    private volatile boolean deleted;
    private volatile boolean unsynced;
    private volatile int generation;

    /// @param kind of [SegmentNames], as in `.log`
    /// @param aside what is appended to that name while it is not yet, or no longer, in use
    PooledFile(Disk disk, FilePool pool, Path folder, long baseOffset, String kind, String aside) {
        this.disk = disk;
        this.pool = pool;
        this.folder = folder;
        this.baseOffset = baseOffset;
        this.kind = kind;
        this.aside = aside;
    }

    /// Another file of the same segment, named as this one is now.
    PooledFile sibling(String otherKind) {
        return new PooledFile(disk, pool, folder, baseOffset, otherKind, aside);
    }

    public Path path() {
        return path(aside);
    }

    private Path path(String suffix) {
        return folder.resolve(SegmentNames.of(baseOffset, kind) + suffix);
    }

    public Disk disk() {
        return disk;
    }

    /// Changes whenever what is open by this name may be another file from now on.
    int generation() {
        return generation;
    }

    void nextGeneration() {
        GENERATION.incrementAndGet(this);
    }

    /// True once the file is on its way out; it must not be opened again.
    public boolean isDeleted() {
        return deleted;
    }

    /// The open file, with one reference that the caller releases.
    ///
    /// @throws UncheckedIOException the file is missing, or the disk refused
    public OpenFile acquire() {
        return pool.acquire(this);
    }

    /// Makes the file if it is missing.
    public void create() {
        if (exists()) {
            return;
        }
        pool.forget(this);
        try {
            disk.create(path()).close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + path(), e);
        }
    }

    public boolean exists() {
        return disk.exists(path());
    }

    public long sizeOnDisk() {
        return disk.size(path());
    }

    /// Writes all of the buffer. A heap buffer is fine.
    public void write(ByteBuffer source, long position) {
        unsynced = true;
        var file = acquire();
        try {
            file.write(source, position);
        } finally {
            file.release();
        }
    }

    /// Fills `target` from `position` on as far as the file goes. Returns how many bytes came.
    @Override
    public int read(ByteBuffer target, long position) {
        var file = acquire();
        try {
            return file.read(target, position);
        } finally {
            file.release();
        }
    }

    public void truncate(long sizeBytes) {
        unsynced = true;
        var file = acquire();
        try {
            file.channel().truncate(sizeBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot cut " + path(), e);
        } finally {
            file.release();
        }
    }

    /// Waits until the file's content is on the platter.
    public void force() {
        unsynced = false; // What is written from now on may miss this one.
        var file = acquire();
        try {
            file.channel().force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot flush " + path(), e);
        } finally {
            file.release();
        }
    }

    /// Gives the file another name. Whoever has it open reads on.
    void rename(String newAside) {
        disk.rename(path(), path(newAside));
        aside = newAside;
    }

    /// Somebody else may have written here.
    void markUnsynced() {
        unsynced = true;
    }

    /// Whether something was written here that no [#force] has seen.
    public boolean isUnsynced() {
        return unsynced;
    }

    /// Renames the file if it is there. Used when the whole is given up.
    void renameForDeletion() {
        deleted = true;
        pool.forget(this);
        var target = aside + SegmentNames.DELETED;
        if (exists()) {
            disk.rename(path(), path(target));
        }
        aside = target;
    }

    /// Closes the descriptor, unless somebody is using it.
    void letGo() {
        pool.forget(this);
    }

    /// Its folder goes as a whole: nothing is renamed here.
    public void abandon() {
        deleted = true;
        pool.forget(this);
    }

    /// Removes the file here and now; one that is made later under the same name is another file.
    public void remove() {
        pool.forget(this);
        disk.delete(path());
    }
}
