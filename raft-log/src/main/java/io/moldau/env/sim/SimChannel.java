package io.moldau.env.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/// An open file of a [SimDisk]: positional reads and writes only, until the crash.
final class SimChannel extends FileChannel {
    private final SimDisk disk;
    private final Path path;
    private final SimFile file;
    private final int generation;

    SimChannel(SimDisk disk, Path path, SimFile file) {
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.generation = disk.generation();
    }

    private SimFile alive() throws ClosedChannelException {
        if (!isOpen() || generation != disk.generation()) {
            throw new ClosedChannelException();
        }
        return file;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return alive().read(target, position, disk.transfer(target.remaining()));
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        var target = alive();
        int wanted = disk.transfer(source.remaining());
        long grows = Math.max(0, position + wanted - target.size());
        int count = disk.roomFor(wanted, grows);
        target.write(source, position, count, disk.landingOf(path, position));
        return count;
    }

    @Override
    public long size() throws IOException {
        return alive().size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        disk.truncate(path, alive(), size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        disk.force(path, alive());
    }

    @Override
    protected void implCloseChannel() {
        // Nothing is held.
    }

    private static UnsupportedOperationException notNeeded() {
        return new UnsupportedOperationException("a log reads and writes by position");
    }

    @Override
    public int read(ByteBuffer target) {
        throw notNeeded();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw notNeeded();
    }

    @Override
    public int write(ByteBuffer source) {
        throw notNeeded();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw notNeeded();
    }

    @Override
    public long position() {
        throw notNeeded();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw notNeeded();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw notNeeded();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw notNeeded();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw notNeeded();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw notNeeded();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw notNeeded();
    }
}
