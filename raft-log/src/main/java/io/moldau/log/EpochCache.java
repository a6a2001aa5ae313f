package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.batch.BatchLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongToIntFunction;

/// Which leader epoch began at which offset. Kept in `leader-epoch-checkpoint`, beside the records.
///
/// ```
/// 0
/// 2
/// 0 0        epoch 0 began at offset 0
/// 3 418      epoch 3 began at offset 418
/// ```
///
/// Source: KIP-101 and KIP-279.
final class EpochCache {
    static final String FILE = "leader-epoch-checkpoint";

    private record Entry(int epoch, long startOffset) {}

    private final Disk disk;
    private Path folder;
    private List<Entry> entries;
    private boolean damaged;
    private boolean dirty;
    private boolean unsynced;

    /// @param clean whether the file that was found is durable
    EpochCache(Disk disk, Path folder, boolean clean) {
        this.unsynced = !clean && disk.exists(folder.resolve(FILE));
        this.disk = disk;
        this.folder = folder;
    }

    /// Whether the file was there and illegible, so that epochs must be read from the records.
    boolean isDamaged() {
        entries();
        return damaged;
    }

    /// This one, read from the records if the file was illegible.
    EpochCache sound(LogSegments segments) {
        if (!segments.isEmpty() && isDamaged()) {
            rebuild(segments);
        }
        return this;
    }

    int latest() {
        return entries().isEmpty() ? -1 : entries().getLast().epoch();
    }

    /// From `startOffset` on records are of `epoch`. What an older epoch claimed from there on, it
    /// never wrote.
    void assign(int epoch, long startOffset) {
        if (epoch <= latest()) {
            return;
        }
        var list = entries();
        while (!list.isEmpty() && list.getLast().startOffset() >= startOffset) {
            list.removeLast();
        }
        list.add(new Entry(epoch, startOffset));
        dirty = true;
    }

    /// A batch of `epoch` stands at `offset`, whatever was believed. A reign that began there and
    /// wrote nothing, and an older file after a crash, may have said otherwise.
    void observe(int epoch, long offset) {
        var list = entries();
        if (list.removeIf(entry -> entry.startOffset() <= offset && entry.epoch() > epoch)) {
            dirty = true;
        }
        if (epochOf(offset).orElse(-1) < epoch) {
            truncateFromEnd(offset);
            assign(epoch, offset);
        }
    }

    /// Reads the epochs from the records, which have them all.
    void rebuild(LogSegments segments) {
        entries = new ArrayList<>();
        damaged = false;
        for (var segment : segments.all()) {
            segment.visit(
                    segment.baseOffset(),
                    batch ->
                            assign(
                                    BatchLayout.leaderEpoch(batch.header(), batch.headerAt()),
                                    batch.baseOffset()));
        }
        dirty = true;
    }

    /// Where `epoch` ends: see [EpochEnd].
    EpochEnd endOffsetFor(int epoch, long logEndOffset) {
        var list = entries();
        if (epoch < 0 || list.isEmpty() || epoch > latest()) {
            return EpochEnd.UNKNOWN;
        }
        if (epoch == latest()) {
            return new EpochEnd(epoch, logEndOffset);
        }
        if (epoch < list.getFirst().epoch()) {
            return new EpochEnd(epoch, list.getFirst().startOffset());
        }
        for (int i = list.size() - 2; ; i--) {
            if (list.get(i).epoch() <= epoch) {
                return new EpochEnd(list.get(i).epoch(), list.get(i + 1).startOffset());
            }
        }
    }

    OptionalInt epochOf(long offset) {
        var list = entries();
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).startOffset() <= offset) {
                return OptionalInt.of(list.get(i).epoch());
            }
        }
        return OptionalInt.empty();
    }

    /// The epochs as they are now, for any thread: from an offset to its epoch, -1 when unknown.
    LongToIntFunction frozen() {
        var seen = List.copyOf(entries());
        return offset -> {
            for (int i = seen.size() - 1; i >= 0; i--) {
                if (seen.get(i).startOffset() <= offset) {
                    return seen.get(i).epoch();
                }
            }
            return -1;
        };
    }

    /// Records from `endOffset` on are gone.
    void truncateFromEnd(long endOffset) {
        if (entries().removeIf(entry -> entry.startOffset() >= endOffset)) {
            dirty = true;
        }
    }

    /// Records below `startOffset` are gone; the epoch that it is in now begins there.
    void truncateFromStart(long startOffset) {
        var list = entries();
        while (list.size() > 1 && list.get(1).startOffset() <= startOffset) {
            list.removeFirst();
            dirty = true;
        }
        if (!list.isEmpty() && list.getFirst().startOffset() < startOffset) {
            list.set(0, new Entry(list.getFirst().epoch(), startOffset));
            dirty = true;
        }
    }

    void clear() {
        entries = new ArrayList<>();
        dirty = true;
    }

    /// Writes the file, if it does not say so already. A torn one is found out when it is read, and
    /// the records have all that it says.
    void store() {
        if (!dirty) {
            return;
        }
        var lines =
                entries().stream().map(entry -> entry.epoch() + " " + entry.startOffset()).toList();
        CheckpointFile.write(disk, folder.resolve(FILE), lines, false);
        dirty = false;
        unsynced = true;
    }

    /// Writes the file though it says so already.
    void rewrite() {
        entries();
        dirty = true;
        store();
    }

    /// Whether the machine's crash could still take back what was written to the file.
    boolean isUnsynced() {
        return unsynced;
    }

    /// The file, if the machine's crash could still take back what was written to it; null
    /// otherwise. Whoever asks sees to it that it becomes durable.
    Path takeUnsynced() {
        var file = unsynced ? folder.resolve(FILE) : null;
        unsynced = false;
        return file;
    }

    /// It did not become so.
    void giveBackUnsynced() {
        unsynced = true;
    }

    private List<Entry> entries() {
        if (entries == null) {
            entries = load().orElseGet(ArrayList::new);
        }
        return entries;
    }

    private Optional<List<Entry>> load() {
        var file = folder.resolve(FILE);
        var lines = CheckpointFile.read(disk, file);
        var loaded = new ArrayList<Entry>();
        damaged = lines.isEmpty();
        for (var line : lines.orElse(List.of())) {
            try {
                int space = line.indexOf(' ');
                int epoch = Integer.parseInt(line.substring(0, Math.max(0, space)));
                loaded.add(new Entry(epoch, Long.parseLong(line.substring(space + 1))));
            } catch (NumberFormatException _) {
                damaged = true;
                return Optional.empty();
            }
        }
        return Optional.of(loaded);
    }
}
