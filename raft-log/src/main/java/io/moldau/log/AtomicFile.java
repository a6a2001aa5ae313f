package io.moldau.log;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Small files that are read and written as a whole, and are never seen half-written.
final class AtomicFile {
    private static final int SIZE_MAX = 1 << 30;

    private AtomicFile() {}

    /// Puts `content` in the place of what the file held.
    ///
    /// @param durable whether to wait for the disk; otherwise the machine's crash may leave the old
    ///   content, the new, or an empty file, all of which the reader must be prepared for
    static void replace(Disk disk, Path file, ByteBuffer content, boolean durable) {
        var fresh = file.resolveSibling(file.getFileName() + ".tmp");
        disk.delete(fresh);
        try (FileChannel channel = disk.create(fresh)) {
            long position = 0;
            while (content.hasRemaining()) {
                position += channel.write(content, position);
            }
            if (durable) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + fresh, e);
        }
        disk.rename(fresh, file);
        if (durable) {
            disk.syncDirectory(file.getParent());
        }
    }

    /// Makes what the file holds durable, though not its name.
    static void force(Disk disk, Path file) {
        try (FileChannel channel = disk.open(file)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot flush " + file, e);
        }
    }

    /// All of the file; empty when it is missing.
    static ByteBuffer read(Disk disk, Path file) {
        if (!disk.exists(file)) {
            return ByteBuffer.allocate(0);
        }
        try (FileChannel channel = disk.open(file)) {
            var content = ByteBuffer.allocate((int) Math.min(channel.size(), SIZE_MAX));
            while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
                // On until it is full or the file ends.
            }
            return content.flip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
