package io.moldau.log;

import io.moldau.env.Disk;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A partition's producers at one offset, in Kafka's file format.
///
/// ```
/// version i16 = 1 | CRC-32C u32 of all that follows | count i32, each:
///   producer id i64 | epoch i16 | last sequence i32 | last offset i64 | offset delta i32
///   timestamp i64 | coordinator epoch i32 | first offset of the open transaction i64
/// ```
///
/// Kafka keeps the last batch of each producer here and so forgets the older ones at a restart. A
/// client that had several on their way could then be told that they are out of order, though all
/// are in the log. We add the older ones behind the entries, where Kafka's reader does not look:
///
/// ```
/// tag i32 'MLD1' | for each producer in the same order: count i8 (-1 where any sequence may come
///   next), each, newest first:
///   last sequence i32 | last offset i64 | offset delta i32 | timestamp i64
/// ```
final class ProducerSnapshot {
    private static final short VERSION = 1;
    private static final int CRC_AT = 2;
    private static final int ENTRIES_AT = 6;
    private static final int ENTRY_BYTES = 46;
    private static final int OLDER_BATCH_BYTES = 24;
    private static final int TAG = 0x4d4c4431;

    private ProducerSnapshot() {}

    static void write(Disk disk, Path file, Collection<ProducerEntry> entries) {
        AtomicFile.replace(disk, file, encode(entries), false);
    }

    /// Empty when the file is damaged or of an unknown version.
    static Optional<List<ProducerEntry>> read(Disk disk, Path file) {
        return decode(AtomicFile.read(disk, file));
    }

    static ByteBuffer encode(Collection<ProducerEntry> entries) {
        int perEntry = ENTRY_BYTES + 1 + (ProducerEntry.BATCHES_MAX - 1) * OLDER_BATCH_BYTES;
        var out = ByteBuffer.allocate(ENTRIES_AT + 2 * Integer.BYTES + entries.size() * perEntry);
        out.putShort(VERSION).putInt(0).putInt(entries.size());
        for (var entry : entries) {
            boolean any = entry.count() > 0;
            out.putLong(entry.producerId)
                    .putShort(entry.epoch)
                    .putInt(entry.lastSequence())
                    .putLong(any ? entry.lastOffset(0) : -1)
                    .putInt(any ? entry.offsetDelta(0) : 0)
                    .putLong(entry.lastTimestampMs)
                    .putInt(entry.coordinatorEpoch)
                    .putLong(entry.currentTxnFirstOffset);
        }
        if (!entries.isEmpty()) {
            out.putInt(TAG);
            entries.forEach(entry -> encodeOlder(out, entry));
        }
        out.flip();
        return out.putInt(CRC_AT, crcOf(out));
    }

    private static void encodeOlder(ByteBuffer out, ProducerEntry entry) {
        out.put((byte) (entry.beginsAnywhere ? -1 : Math.max(0, entry.count() - 1)));
        for (int age = 1; age < entry.count(); age++) {
            out.putInt(entry.lastSequence(age))
                    .putLong(entry.lastOffset(age))
                    .putInt(entry.offsetDelta(age))
                    .putLong(entry.timestamp(age));
        }
    }

    static Optional<List<ProducerEntry>> decode(ByteBuffer in) {
        if (in.remaining() < ENTRIES_AT + Integer.BYTES
                || in.getShort(0) != VERSION
                || in.getInt(CRC_AT) != crcOf(in)) {
            return Optional.empty();
        }
        try {
            return Optional.of(decodeEntries(in.slice(ENTRIES_AT, in.limit() - ENTRIES_AT)));
        } catch (BufferUnderflowException _) { // A right checksum over a wrong count.
            return Optional.empty();
        }
    }

    private record Batch(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        static Batch read(ByteBuffer in) {
            return new Batch(in.getInt(), in.getLong(), in.getInt(), in.getLong());
        }

        void addTo(ProducerEntry entry) {
            entry.add(lastSequence, lastOffset, offsetDelta, timestampMs);
        }
    }

    private static List<ProducerEntry> decodeEntries(ByteBuffer in) {
        int count = in.getInt();
        var entries = new ArrayList<ProducerEntry>();
        var newest = new ArrayList<Batch>();
        for (int i = 0; i < count; i++) {
            var entry = new ProducerEntry(in.getLong(), in.getShort());
            var batch = Batch.read(in);
            entry.lastTimestampMs = batch.timestampMs();
            newest.add(batch);
            entry.coordinatorEpoch = in.getInt();
            entry.currentTxnFirstOffset = in.getLong();
            entries.add(entry);
        }
        boolean ours = in.remaining() >= Integer.BYTES && in.getInt() == TAG;
        for (int i = 0; i < count; i++) {
            if (ours) {
                decodeOlder(in, entries.get(i));
            }
            if (newest.get(i).lastSequence() >= 0) {
                newest.get(i).addTo(entries.get(i));
            }
        }
        return entries;
    }

    private static void decodeOlder(ByteBuffer in, ProducerEntry entry) {
        int count = in.get();
        entry.beginsAnywhere = count < 0;
        var older = new ArrayList<Batch>();
        for (int i = 0; i < count; i++) {
            older.add(Batch.read(in));
        }
        older.reversed().forEach(batch -> batch.addTo(entry));
    }

    private static int crcOf(ByteBuffer file) {
        var crc = new CRC32C();
        crc.update(file.slice(ENTRIES_AT, file.limit() - ENTRIES_AT));
        return (int) crc.getValue();
    }
}
