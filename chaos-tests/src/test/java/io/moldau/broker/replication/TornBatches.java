package io.moldau.broker.replication;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.BatchLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// What a recovery that checks no checksums would keep.
final class TornBatches {
    private TornBatches() {}

    /// Gives every batch that is there in full length the checksum of what it holds.
    static void keep(SimDisk disk, Path root) {
        for (var folder : disk.list(root)) {
            for (var name : disk.list(root.resolve(folder))) {
                if (name.endsWith(".log")) {
                    keep(
                            disk,
                            root.resolve(folder).resolve(name),
                            disk.size(root.resolve(folder).resolve(name)));
                }
            }
        }
    }

    private static void keep(SimDisk disk, Path file, long sizeBytes) {
        var content = ByteBuffer.allocate((int) sizeBytes);
        try (var channel = disk.open(file)) {
            channel.read(content, 0);
            int at = 0;
            while (at + BatchLayout.HEADER_BYTES <= sizeBytes) {
                long size = BatchLayout.sizeBytes(content, at);
                if (size < BatchLayout.HEADER_BYTES || at + size > sizeBytes) {
                    return;
                }
                BatchLayout.sealChecksum(content, at, (int) size);
                channel.write(content.slice(at, (int) size), at);
                at += (int) size;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
