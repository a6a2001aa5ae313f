package io.moldau.log.segment;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A descriptor that closes when its last holder lets go. The pool is one of the holders.
public final class OpenFile implements ByteSource {
    private final Path path;
    private final FileChannel channel;
    private final AtomicInteger references = new AtomicInteger(1);

    OpenFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    public FileChannel channel() {
        return channel;
    }

    /// False when the descriptor is closed already; then nothing may be done with it.
    boolean tryRetain() {
        for (int seen = references.get(); seen > 0; seen = references.get()) {
            if (references.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    void retain() {
        if (!tryRetain()) {
            throw new IllegalStateException("retained after the last release: " + path);
        }
    }

    public void release() {
        if (references.decrementAndGet() > 0) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }

    void write(ByteBuffer source, long position) {
        long at = position;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) {
        int total = 0;
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
        return total;
    }

    /// A stretch of this file with one reference of its own.
    FileSlice slice(long position, int length) {
        retain();
        return new Slice(this, position, length);
    }

    private record Slice(OpenFile file, long position, int length) implements FileSlice {
        @Override
        public FileChannel channel() {
            return file.channel;
        }

        @Override
        public void readFully(ByteBuffer into) {
            int wanted = Math.min(into.remaining(), length);
            int limit = into.limit();
            into.limit(into.position() + wanted);
            int came = file.read(into, position);
            into.limit(limit);
            if (came < wanted) {
                throw new UncheckedIOException(
                        new EOFException("%s ends early".formatted(file.path)));
            }
        }

        @Override
        public void retain() {
            file.retain();
        }

        @Override
        public void release() {
            file.release();
        }
    }
}
