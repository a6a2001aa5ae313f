package io.moldau.log.clean;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.BatchPayload;
import io.moldau.log.batch.MalformedBatchException;
import io.moldau.log.batch.RecordReader;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Compacts one log: reads the last offset of each key from what is dirty, as far as there is
/// memory for, and then writes everything up to there anew without what is outdated, one segment
/// after the other. Belongs to one thread, which need not be the log's.
public final class LogCleaner {
    /// Puts a finished segment in the place of others.
    public interface Swap {
        /// Whether that was done; false when the log has changed meanwhile.
        boolean replace(List<CleanSource> group, Segment cleaned);
    }

    /// How much memory a cleaner may use.
    ///
    /// @param mapBytes for the keys
    /// @param ioBytes for reading and as much for writing
    /// @param loadFactor share of the keys' memory that may be filled
    public record Memory(long mapBytes, int ioBytes, double loadFactor) {}

    /// What was done.
    ///
    /// @param cleanedUpTo behind what is compacted now
    public record Result(
            long cleanedUpTo,
            int keys,
            long recordsRead,
            long recordsKept,
            long bytesRead,
            long bytesBefore,
            long bytesAfter) {
        /// How much of the map's memory the keys took.
        public long keyBytes() {
            return (long) keys * OffsetMap.SLOT_BYTES;
        }
    }

    private final CleanJob job;
    private final Pace pace;
    private final Swap swap;
    private final OffsetMap map;
    private final KeyStretch keys;
    private final BatchStream stream;
    private final ByteBuffer output;
    private Transactions transactions;
    private int transactionsFrom;
    private long bytesBefore;
    private long bytesAfter;

    /// @param seed of the hash of keys, which no client may know
    public LogCleaner(CleanJob job, Memory memory, long seed, Pace pace, Swap swap) {
        this.job = job;
        this.pace = pace;
        this.swap = swap;
        this.map = new OffsetMap(job.keysMax(), memory.mapBytes(), memory.loadFactor());
        this.keys = new KeyStretch(KeyHash.seeded(seed));
        this.stream = new BatchStream(memory.ioBytes(), pace);
        this.output = ByteBuffer.allocate(Math.max(4096, memory.ioBytes()));
    }

    /// @throws CleaningStoppedException it was told to stop, or the log has changed meanwhile
    /// @throws DamagedLogException what is damaged, and where
    /// @throws java.io.UncheckedIOException the disk refused
    public Result clean() {
        long end = new MapBuilder().build();
        var filter =
                new BatchFilter(
                        map,
                        keys,
                        job.lastBatches(),
                        job.nowMs(),
                        job.limits().deleteRetentionMs());
        int index = 0;
        for (var group : groups(end)) {
            cleanGroup(group, index, filter);
            index += group.size();
        }
        return new Result(
                end,
                map.size(),
                filter.recordsRead(),
                filter.recordsKept(),
                stream.bytesRead(),
                bytesBefore,
                bytesAfter);
    }

    /// Neighbours that fit into one segment together are written into one.
    private List<List<CleanSource>> groups(long end) {
        var groups = new ArrayList<List<CleanSource>>();
        var group = new ArrayList<CleanSource>();
        long bytes = 0;
        for (var source : job.sources()) {
            if (source.baseOffset() >= end) {
                break;
            }
            boolean fits =
                    bytes + source.sizeBytes() <= job.limits().segmentBytes()
                            && (group.isEmpty()
                                    || source.endOffset() - group.getFirst().baseOffset()
                                            <= Integer.MAX_VALUE);
            if (!fits && !group.isEmpty()) {
                groups.add(List.copyOf(group));
                group.clear();
                bytes = 0;
            }
            group.add(source);
            bytes += source.sizeBytes();
        }
        groups.add(List.copyOf(group));
        return groups;
    }

    private void cleanGroup(List<CleanSource> group, int firstIndex, BatchFilter filter) {
        var writer = new SegmentWriter(job, group.getFirst().baseOffset(), output, pace);
        boolean inPlace = false;
        try {
            boolean changed = group.size() > 1;
            int lastIndex = group.size() - 1;
            while (lastIndex > 0 && group.get(lastIndex).sizeBytes() == 0) {
                lastIndex--;
            }
            for (int i = 0; i < group.size(); i++) {
                boolean last = i == lastIndex;
                changed |= filterInto(writer, group.get(i), firstIndex + i, last, filter);
            }
            var cleaned = writer.finish();
            long before = group.stream().mapToLong(CleanSource::sizeBytes).sum();
            bytesBefore += before;
            bytesAfter += cleaned.sizeBytes();
            if (changed) {
                inPlace = swap.replace(group, cleaned);
                if (!inPlace) {
                    throw new CleaningStoppedException("the log has changed");
                }
            }
        } finally {
            if (!inPlace) {
                writer.abandon();
            }
        }
    }

    private boolean filterInto(
            SegmentWriter writer, CleanSource source, int index, boolean last, BatchFilter filter) {
        boolean changed = false;
        stream.open(source, 0);
        while (stream.next()) {
            var batch = stream.buffer();
            int at = stream.at();
            boolean ends = last && stream.position() + stream.size() == source.sizeBytes();
            var verdicts = BatchLayout.isTransactional(batch, at) ? transactionsFrom(index) : null;
            switch (filtered(filter, batch, at, ends, verdicts)) {
                case KEPT -> writer.add(batch, at, stream.size());
                case REWRITTEN -> {
                    writer.add(filter.rewritten(), 0, filter.rewritten().remaining());
                    changed = true;
                }
                case DROPPED -> changed = true;
            }
        }
        return changed;
    }

    private BatchFilter.Outcome filtered(
            BatchFilter filter, ByteBuffer batch, int at, boolean ends, Transactions verdicts) {
        try {
            return filter.filter(batch, at, stream.size(), ends, verdicts);
        } catch (MalformedBatchException e) {
            throw malformed(e);
        }
    }

    /// Its checksum is right and its records are not: nobody can read them.
    private DamagedLogException malformed(MalformedBatchException e) {
        var damage = stream.damaged(e.getMessage());
        damage.addSuppressed(e);
        return damage;
    }

    /// The fate of all transactional batches from source `index` on; read once, and only from a log
    /// that has any.
    private Transactions transactionsFrom(int index) {
        if (transactions == null || index < transactionsFrom) {
            var all = new ArrayList<>(job.sources().subList(index, job.sources().size()));
            all.addAll(job.behind());
            transactions = TransactionScan.of(all, output.capacity(), pace);
            transactionsFrom = index;
        }
        return transactions;
    }

    /// The first pass.
    private final class MapBuilder {
        private final BatchPayload payload = new BatchPayload();
        private final RecordReader records = new RecordReader();

        /// Returns the offset behind what the map knows of.
        long build() {
            for (int i = 0; i < job.sources().size(); i++) {
                var source = job.sources().get(i);
                if (source.endOffset() > job.firstDirty() && !read(source, i)) {
                    return map.lastOffset() + 1;
                }
            }
            map.sees(job.sources().getLast().endOffset() - 1);
            return job.sources().getLast().endOffset();
        }

        /// False when the map is full.
        private boolean read(CleanSource source, int index) {
            stream.open(source, 0);
            while (stream.next()) {
                var batch = stream.buffer();
                int at = stream.at();
                boolean counts =
                        BatchLayout.lastOffset(batch, at) >= job.firstDirty()
                                && !BatchLayout.isControl(batch, at)
                                && !isAborted(batch, at, index);
                if (counts && !readRecords(batch, at)) {
                    return false;
                }
            }
            return true;
        }

        private boolean isAborted(ByteBuffer batch, int at, int index) {
            return BatchLayout.isTransactional(batch, at)
                    && transactionsFrom(index)
                            .isAborted(
                                    BatchLayout.producerId(batch, at),
                                    BatchLayout.baseOffset(batch, at));
        }

        private boolean readRecords(ByteBuffer batch, int at) {
            try {
                payload.open(batch, at, stream.size());
                records.open(payload.bytes(), payload.from(), payload.to());
                while (keys.read(records, payload.bytes())) {
                    map.approach(keys);
                    if (!putStretch(BatchLayout.baseOffset(batch, at))) {
                        return false;
                    }
                }
                return true;
            } catch (MalformedBatchException e) {
                throw malformed(e);
            }
        }

        private boolean putStretch(long baseOffset) {
            for (int i = 0; i < keys.count(); i++) {
                long offset = baseOffset + keys.offsetDelta(i);
                if (offset >= job.firstDirty()
                        && keys.hasKey(i)
                        && !map.put(keys.low(i), keys.high(i), offset)) {
                    return false;
                }
            }
            return true;
        }
    }
}
