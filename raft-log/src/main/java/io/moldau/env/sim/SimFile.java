package io.moldau.env.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A file's content as the process sees it, and as the platter has it.
final class SimFile {
    private static final int SECTOR_BYTES = 512;

    /// One write, or a change of size, that the platter has not got yet.
    ///
    /// @param bytes null for a change of size to `position`
    /// @param landsAt where the bytes really go: `position` on an honest disk, -1 for nowhere
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and nobody else's.
    private record Change(int position, byte[] bytes, int landsAt) {
        int end() {
            return bytes == null ? position : position + bytes.length;
        }
    }

    /// Bytes that grow in steps, so that appending does not copy what is there.
    private static final class Image {
        byte[] bytes;
        int size;

        Image(byte[] bytes, int size) {
            this.bytes = bytes;
            this.size = size;
        }

        Image copy() {
            return new Image(Arrays.copyOf(bytes, size), size);
        }

        void resize(int newSize) {
            if (newSize > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(newSize, 2 * bytes.length));
            }
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
            }
            size = newSize;
        }

        void apply(Change change) {
            if (change.bytes() == null) {
                resize(Math.min(size, change.position()));
                return;
            }
            resize(Math.max(size, change.end()));
            if (change.landsAt() >= 0) {
                int count = Math.min(change.bytes().length, size - change.landsAt());
                System.arraycopy(change.bytes(), 0, bytes, change.landsAt(), Math.max(0, count));
            }
        }
    }

    private Image content = new Image(new byte[64], 0);
    private Image durable = new Image(new byte[0], 0);
    private final List<Change> unsynced = new ArrayList<>();

    int size() {
        return content.size;
    }

    int read(ByteBuffer target, long position, int countMax) {
        if (position >= content.size) {
            return -1;
        }
        int count = Math.min(Math.min(target.remaining(), countMax), content.size - (int) position);
        target.put(content.bytes, (int) position, count);
        return count;
    }

    /// Takes `count` bytes of the source.
    ///
    /// @param landsAt see [Change]
    void write(ByteBuffer source, long position, int count, int landsAt) {
        var bytes = new byte[count];
        source.get(bytes);
        content.apply(new Change((int) position, bytes, (int) position));
        unsynced.add(new Change((int) position, bytes, landsAt));
    }

    void truncate(long size) {
        if (size < content.size) {
            var change = new Change((int) size, null, 0);
            content.apply(change);
            unsynced.add(change);
        }
    }

    void force() {
        unsynced.forEach(durable::apply);
        unsynced.clear();
    }

    /// What a failed sync was about is clean in the cache from now on, whether or not it arrived.
    void failSync(Random random) throws IOException {
        unsynced.removeIf(change -> {
            if (random.nextBoolean()) {
                durable.apply(change);
            }
            return true;
        });
        throw new IOException("Input/output error");
    }

    /// The cache gives up what it need not keep: reads show what the platter has.
    void evict() {
        if (unsynced.isEmpty()) {
            content = durable.copy();
        }
    }

    /// Rot is on the platter; the cache shows it, for the test's sake.
    void flip(long position, int mask) {
        content.bytes[(int) position] ^= (byte) mask;
        if (position < durable.size) {
            durable.bytes[(int) position] ^= (byte) mask;
        }
    }

    /// Keeps some of the unsynced changes, and perhaps pieces of others.
    void crash(Random random, boolean reordered, boolean sectors) {
        int kept = random.nextInt(unsynced.size() + 1);
        boolean prefix = !reordered || random.nextInt(3) == 0;
        for (int i = 0; i < unsynced.size(); i++) {
            var change = unsynced.get(i);
            if (prefix ? i < kept : random.nextBoolean()) {
                durable.apply(change);
            } else if (change.bytes() != null && random.nextBoolean()) {
                tear(change, random, sectors);
            }
            if (prefix && i == kept) {
                break;
            }
        }
        content = durable.copy();
        unsynced.clear();
    }

    /// A piece of a write, with or without zeros, or what stood there, in place of the rest.
    private void tear(Change change, Random random, boolean sectors) {
        int length = change.bytes().length;
        if (!sectors) {
            int piece = random.nextInt(length + 1);
            apply(change, 0, piece);
            if (random.nextBoolean()) {
                durable.resize(Math.max(durable.size, change.end()));
            }
            return;
        }
        if (random.nextBoolean()) {
            durable.resize(Math.max(durable.size, change.end()));
        }
        for (int from = 0; from < length; ) {
            int boundary = SECTOR_BYTES - (change.position() + from) % SECTOR_BYTES;
            int until = Math.min(length, from + boundary);
            if (random.nextBoolean()) {
                apply(change, from, until);
            }
            from = until;
        }
    }

    private void apply(Change change, int from, int until) {
        if (from < until) {
            int at = change.position() + from;
            durable.apply(new Change(at, Arrays.copyOfRange(change.bytes(), from, until), at));
        }
    }
}
