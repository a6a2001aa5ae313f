package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Notes.Rebalance;
import io.moldau.chaos.history.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What groups were promised: a member that is given a partition goes on at the last acknowledged
/// position or later, and no position passes over what no member got.
///
/// Works on what members noted of themselves; a history without `:group` has nothing to judge here.
final class GroupReads {
    private static final long NO_FLOOR = -1;

    private final Findings findings;
    private final KeyTable keys;
    private final Map<GroupKey, Position> positions = new HashMap<>();

    /// For each process, the position below which its next record of a key must not be.
    private final Map<Integer, LongMap> floors = new HashMap<>();

    GroupReads(Findings findings, KeyTable keys) {
        this.findings = findings;
        this.keys = keys;
    }

    private record GroupKey(String group, long key) {}

    /// What was committed, each with its time and line, and what members got. Commits that are not
    /// above all before them are not kept: no promise was added.
    private static final class Position {
        private final LongList timesNanos = new LongList();
        private final LongList offsets = new LongList();
        private final LongList indexes = new LongList();
        private final PagedMarks got = new PagedMarks();

        private void commit(long timeNanos, long offset, long index) {
            if (offsets.size() == 0 || offsets.get(offsets.size() - 1) < offset) {
                timesNanos.add(timeNanos);
                offsets.add(offset);
                indexes.add(index);
            }
        }

        /// The last commit that was answered before `timeNanos`; -1 when there was none.
        private int lastBefore(long timeNanos) {
            int low = 0;
            int high = timesNanos.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (timesNanos.get(middle) < timeNanos) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low - 1;
        }
    }

    void onPolled(Operation op) {
        if (op.notes().group().isEmpty()) {
            return;
        }
        var floorOf = floors.computeIfAbsent(op.process(), _ -> new LongMap());
        for (var rebalance : op.notes().rebalances()) {
            onRebalance(op, floorOf, rebalance);
        }
        for (var mop : op.mops()) {
            if (mop instanceof Polled(var batches)) {
                batches.forEach(batch -> onBatch(op, floorOf, batch));
            }
        }
        for (var commit : op.notes().commits()) {
            position(op, commit.key()).commit(op.timeNanos(), commit.offset(), op.index());
        }
    }

    private Position position(Operation op, long key) {
        return positions.computeIfAbsent(
                new GroupKey(op.notes().group(), key), _ -> new Position());
    }

    private void onRebalance(Operation op, LongMap floorOf, Rebalance rebalance) {
        for (long key : rebalance.keys()) {
            floorOf.put(key, NO_FLOOR);
            if (rebalance.assigned() && rebalance.timeNanos() >= 0) {
                var position = position(op, key);
                int last = position.lastBefore(rebalance.timeNanos());
                floorOf.put(key, last < 0 ? NO_FLOOR : last);
            }
        }
    }

    private void onBatch(Operation op, LongMap floorOf, Batch batch) {
        if (batch.records().isEmpty()) {
            return;
        }
        var position = position(op, batch.key());
        batch.records().forEach(found -> position.got.add(found.offset(), 1));
        long last = floorOf.get(batch.key());
        if (last == LongMap.ABSENT || last == NO_FLOOR) {
            return;
        }
        floorOf.put(batch.key(), NO_FLOOR);
        long first = batch.records().getFirst().offset();
        long committed = position.offsets.get((int) last);
        if (first < committed) {
            findings.add(
                    Kind.COMMIT_WENT_BACK,
                    op.index(),
                    List.of(
                            Needle.ofIndex(position.indexes.get((int) last)),
                            Needle.ofOffset(op.process(), batch.key(), first)),
                    "group %s had committed offset %d of key %d; process %d was given the partition later and got"
                            + " offset %d",
                    op.notes().group(),
                    committed,
                    batch.key(),
                    op.process(),
                    first);
        }
    }

    void forget(int process) {
        floors.remove(process);
    }

    /// What each group passed over, once the history is whole.
    void judgeEnding() {
        positions.forEach((groupKey, position) -> {
            int last = position.offsets.size() - 1;
            if (last >= 0) {
                onEnding(groupKey, position, last);
            }
        });
    }

    private void onEnding(GroupKey groupKey, Position position, int last) {
        var records = keys.of(groupKey.key());
        long committed = position.offsets.get(last);
        for (long offset = 0; offset < committed; offset++) {
            long value = records.valueAt(offset);
            if (value != KeyRecords.ABSENT && position.got.get(offset) == 0) {
                findings.add(
                        Kind.POLL_SKIP,
                        position.indexes.get(last),
                        List.of(
                                Needle.ofOffset(groupKey.key(), offset),
                                Needle.ofIndex(position.indexes.get(last))),
                        "group %s committed offset %d of key %d, and no member got offset %d",
                        groupKey.group(),
                        committed,
                        groupKey.key(),
                        offset);
            }
        }
    }
}
