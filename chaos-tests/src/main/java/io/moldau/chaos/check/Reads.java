package io.moldau.chaos.check;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Mop;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was got, against what was sent and in which order.
final class Reads {
    private static final long NOWHERE = -1;

    private final Findings findings;
    private final KeyTable keys;
    private final Writes writes;

    /// For each process, its latest offset of each key; [#NOWHERE] where it may begin anew.
    private final Map<Integer, LongMap> positions = new HashMap<>();

    private long readRecords;

    Reads(Findings findings, KeyTable keys, Writes writes) {
        this.findings = findings;
        this.keys = keys;
        this.writes = writes;
    }

    /// The process chose its partitions anew: whatever comes next is a beginning.
    void onAssigned(Operation op) {
        positions.remove(op.process());
    }

    void onPolled(Operation op) {
        var positionOf = positions.computeIfAbsent(op.process(), _ -> new LongMap());
        for (var rebalance : op.notes().rebalances()) {
            rebalance.keys().forEach(key -> positionOf.put(key, NOWHERE));
        }
        var own = new HashSet<Mop.Send>();
        for (var mop : op.mops()) {
            switch (mop) {
                case Send send -> own.add(send);
                case Sent(var key, var value, _) -> own.add(new Send(key, value));
                case Poll() -> {
                    // It got no answer.
                }
                case Polled(var batches) -> {
                    for (var batch : batches) {
                        onBatch(op, positionOf, batch, own);
                    }
                }
            }
        }
    }

    private void onBatch(Operation op, LongMap positionOf, Mop.Batch batch, Set<Mop.Send> own) {
        var records = keys.of(batch.key());
        for (var found : batch.records()) {
            onFound(op, records, found);
            follow(op, positionOf, records, found.offset());
            if (!own.isEmpty() && own.contains(new Send(batch.key(), found.value()))) {
                add(
                        Kind.PRECOMMITTED_READ,
                        op,
                        Needle.ofValue(batch.key(), found.value()),
                        "a transaction read value %d of key %d, which it had sent itself",
                        found.value(),
                        batch.key());
            }
        }
    }

    private void onFound(Operation op, KeyRecords records, Found found) {
        long value = found.value();
        writes.place(op, records, value, found.offset());
        records.onRead(found.offset());
        int before = records.mark(value, KeyRecords.READ);
        if ((before & KeyRecords.READ) != 0) {
            return; // Judged when it was first read.
        }
        readRecords++;
        if ((before & KeyRecords.BEGUN) == 0) {
            add(
                    Kind.UNEXPECTED_WRITE,
                    op,
                    Needle.ofValue(records.key(), value),
                    "value %d of key %d is at offset %d, and nobody sent it",
                    value,
                    records.key(),
                    found.offset());
        } else if ((before & KeyRecords.FAILED) != 0) {
            add(
                    Kind.ABORTED_READ,
                    op,
                    Needle.ofValue(records.key(), value),
                    "value %d of key %d is at offset %d, and its send failed",
                    value,
                    records.key(),
                    found.offset());
        }
    }

    /// A consumer that keeps its partition gets its records in their order, and all of them. What
    /// lies between two offsets may become known later, so that is judged at the end.
    private void follow(Operation op, LongMap positionOf, KeyRecords records, long offset) {
        long key = records.key();
        long before = positionOf.get(key);
        positionOf.put(key, offset);
        if (before == LongMap.ABSENT || before == NOWHERE || offset == before + 1) {
            return;
        }
        if (offset > before) {
            records.addGap(op.process(), op.index(), before, offset);
            return;
        }
        findings.add(
                Kind.NONMONOTONIC_POLL,
                op.index(),
                List.of(
                        Needle.ofOffset(op.process(), key, before),
                        Needle.ofOffset(op.process(), key, offset)),
                "process %d got offset %d of key %d after offset %d",
                op.process(),
                offset,
                key,
                before);
    }

    @FormatMethod
    private void add(Kind kind, Operation op, Needle needle, String format, Object... arguments) {
        findings.add(kind, op.index(), List.of(needle), format, arguments);
    }

    /// A process that will not be heard of again, or whose polls came to nothing.
    void forget(int process) {
        positions.remove(process);
    }

    /// Different values that somebody got.
    long readRecords() {
        return readRecords;
    }
}
