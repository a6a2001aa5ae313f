package io.moldau.env.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A file's content as the process sees it, and as the platter has it.
final class SimFile implements Comparable<SimFile> {
    /// @param bytes null for a change of size to `position`
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and nobody else's.
    private record Change(int position, byte[] bytes) {}

    private final long number;
    private byte[] content = new byte[0];
    private byte[] durable = new byte[0];
    private final List<Change> unsynced = new ArrayList<>();

    /// @param number unlike that of every other file of the disk
    SimFile(long number) {
        this.number = number;
    }

    @Override
    public int compareTo(SimFile other) {
        return Long.compare(number, other.number);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SimFile file && file.number == number;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    int size() {
        return content.length;
    }

    int read(ByteBuffer target, long position) {
        if (position >= content.length) {
            return -1;
        }
        int count = Math.min(target.remaining(), content.length - (int) position);
        target.put(content, (int) position, count);
        return count;
    }

    int write(ByteBuffer source, long position) {
        var bytes = new byte[source.remaining()];
        source.get(bytes);
        var change = new Change((int) position, bytes);
        content = applied(content, change);
        unsynced.add(change);
        return bytes.length;
    }

    void truncate(long size) {
        if (size < content.length) {
            var change = new Change((int) size, null);
            content = applied(content, change);
            unsynced.add(change);
        }
    }

    void force() {
        durable = content.clone();
        unsynced.clear();
    }

    /// Keeps some of the unsynced changes, from the oldest on, and perhaps a piece of the next.
    void crash(Random random) {
        int kept = random.nextInt(unsynced.size() + 1);
        for (int i = 0; i < kept; i++) {
            durable = applied(durable, unsynced.get(i));
        }
        if (kept < unsynced.size() && unsynced.get(kept).bytes() != null && random.nextBoolean()) {
            durable = applied(durable, torn(unsynced.get(kept), random));
        }
        content = durable.clone();
        unsynced.clear();
    }

    /// The beginning of a write, with or without zeros where the rest should be.
    private static Change torn(Change change, Random random) {
        var piece = Arrays.copyOf(change.bytes(), random.nextInt(change.bytes().length + 1));
        boolean sizeArrived = random.nextBoolean();
        return new Change(
                change.position(),
                sizeArrived ? Arrays.copyOf(piece, change.bytes().length) : piece);
    }

    private static byte[] applied(byte[] to, Change change) {
        if (change.bytes() == null) {
            return Arrays.copyOf(to, Math.min(to.length, change.position()));
        }
        int end = change.position() + change.bytes().length;
        var result = Arrays.copyOf(to, Math.max(to.length, end));
        System.arraycopy(change.bytes(), 0, result, change.position(), change.bytes().length);
        return result;
    }
}
