package io.moldau.log;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a log must hold, kept in the dullest way: a list of batches, byte for byte.
final class DiskModel {
    /// @param bytes as they were stamped
    /// @param timestamps of its records, in their order
    /// @param producer -1 when it has none
    @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
    record Batch(
            long base,
            long last,
            int epoch,
            byte[] bytes,
            long[] timestamps,
            long producer,
            int sequence) {}

    final List<Batch> batches = new ArrayList<>();

    long start;
    long end;

    /// Offsets below it must survive whatever the disk is allowed to do.
    long promised;

    /// The log start below which a crash must not go back.
    long startPromised;

    void add(Batch batch) {
        batches.add(batch);
        end = batch.last() + 1;
    }

    /// The batch has that epoch, whatever was written.
    void setEpoch(int index, int epoch) {
        var batch = batches.get(index);
        var bytes = batch.bytes().clone();
        BatchLayout.stamp(ByteBuffer.wrap(bytes), 0, batch.base(), epoch);
        batches.set(
                index,
                new Batch(
                        batch.base(),
                        batch.last(),
                        epoch,
                        bytes,
                        batch.timestamps(),
                        batch.producer(),
                        batch.sequence()));
    }

    void cutTo(long offset) {
        batches.removeIf(batch -> batch.last() >= offset);
        end = offset;
        promised = Math.min(promised, offset);
    }

    void restartAt(long offset) {
        batches.clear();
        start = offset;
        end = offset;
        promised = 0;
        startPromised = 0;
    }

    /// As [#restartAt], or a log that was cut there and begins there.
    void emptyAt(long offset) {
        cutTo(offset);
        start = offset;
        promised = 0;
        startPromised = 0;
    }

    /// Whether a log may end at `offset`: between two batches, or where it began.
    boolean isBoundary(long offset) {
        return offset == end
                || offset == start
                || batches.stream()
                        .anyMatch(batch -> batch.base() == offset || batch.last() + 1 == offset);
    }

    /// A boundary that is about `percent` of the way from the start to the end.
    long boundary(int percent) {
        long wanted = start + (end - start) * percent / 100;
        long found = start;
        for (var batch : batches) {
            if (batch.base() >= start && batch.base() <= wanted) {
                found = batch.base();
            }
        }
        return percent >= 100 ? end : found;
    }

    /// The batches of which something is at or behind `offset`.
    List<Batch> from(long offset) {
        return batches.stream().filter(batch -> batch.last() >= offset).toList();
    }

    /// The last sequence of each producer, as far as its batch is at or behind `offset`.
    Map<Long, Integer> sequences(long offset) {
        var last = new HashMap<Long, Integer>();
        for (var batch : batches) {
            if (batch.producer() >= 0 && batch.last() >= offset) {
                last.put(batch.producer(), batch.sequence() + (int) (batch.last() - batch.base()));
            }
        }
        return last;
    }

    /// The first record that is not older than `timestamp`.
    OptionalLong firstNotBefore(long timestamp) {
        for (var batch : from(start)) {
            for (int i = 0; i < batch.timestamps().length; i++) {
                if (batch.timestamps()[i] >= timestamp && batch.base() + i >= start) {
                    return OptionalLong.of(batch.base() + i);
                }
            }
        }
        return OptionalLong.empty();
    }

    /// The first of the records with the largest time stamp.
    OptionalLong latest() {
        long largest = -1;
        long offset = -1;
        for (var batch : from(start)) {
            for (int i = 0; i < batch.timestamps().length; i++) {
                if (batch.timestamps()[i] > largest && batch.base() + i >= start) {
                    largest = batch.timestamps()[i];
                    offset = batch.base() + i;
                }
            }
        }
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    /// Where `epoch` ends: at the first batch of a later one, or at the log's end.
    long endOf(int epoch) {
        return batches.stream()
                .filter(batch -> batch.epoch() > epoch)
                .mapToLong(Batch::base)
                .findFirst()
                .orElse(end);
    }
}
