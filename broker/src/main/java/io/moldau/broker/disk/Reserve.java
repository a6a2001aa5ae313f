package io.moldau.broker.disk;

import io.moldau.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;

/// A file that holds some of a disk's space back, so that there is something to give up when others
/// have taken all the rest: the metadata's log, checkpoints and deletions go on with it.
final class Reserve {
    static final String NAME = ".reserve";
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Disk disk;
    private final Path file;
    private final long sizeBytes;

    Reserve(Disk disk, Path directory, long sizeBytes) {
        this.disk = disk;
        this.file = directory.resolve(NAME);
        this.sizeBytes = sizeBytes;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    boolean isHeld() {
        return sizeBytes > 0 && disk.size(file) >= sizeBytes;
    }

    /// Takes the space. What is written is chance, since some file systems keep no zeros.
    ///
    /// @throws UncheckedIOException there is not so much
    void hold() {
        if (sizeBytes == 0 || isHeld()) {
            return;
        }
        var block = ByteBuffer.allocate(BLOCK_BYTES);
        var chance = new Random(sizeBytes);
        try (FileChannel channel = disk.create(file)) {
            for (long at = 0; at < sizeBytes; ) {
                chance.nextBytes(block.array());
                block.clear().limit((int) Math.min(BLOCK_BYTES, sizeBytes - at));
                while (block.hasRemaining()) {
                    at += channel.write(block, at);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            disk.delete(file);
            throw e instanceof UncheckedIOException refused
                    ? refused
                    : new UncheckedIOException((IOException) e);
        }
    }

    void giveUp() {
        disk.delete(file);
    }
}
