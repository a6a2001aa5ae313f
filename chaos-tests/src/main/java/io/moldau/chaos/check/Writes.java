package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What was sent, and what was promised for it.
final class Writes {
    private final Findings findings;
    private final KeyTable keys;

    /// For each process, its latest acknowledged offset of each key.
    private final Map<Integer, LongMap> lastOffsets = new HashMap<>();

    private long acknowledged;

    Writes(Findings findings, KeyTable keys) {
        this.findings = findings;
        this.keys = keys;
    }

    void onBegun(Operation op) {
        for (var mop : op.mops()) {
            if (mop instanceof Send(var key, var value)
                    && (keys.of(key).mark(value, KeyRecords.BEGUN) & KeyRecords.BEGUN) != 0) {
                findings.add(
                        Kind.MALFORMED_HISTORY,
                        op.index(),
                        List.of(Needle.ofValue(key, value)),
                        "value %d of key %d is sent a second time",
                        value,
                        key);
            }
        }
    }

    /// What the broker promised to keep.
    void onAcknowledged(Operation op) {
        for (var mop : op.mops()) {
            switch (mop) {
                case Sent(var key, var value, var offset) -> {
                    acknowledge(key, value);
                    place(op, keys.of(key), value, offset);
                    follow(op, key, offset);
                }
                case Send(var key, var value) -> acknowledge(key, value);
                case Poll(), Polled(_) -> {
                    // Reads judges these.
                }
            }
        }
    }

    /// An operation that was given up, though some of its records had been acknowledged. Without
    /// transactions each of them counts.
    void onPartlyAcknowledged(Operation op) {
        for (var mop : op.mops()) {
            if (mop instanceof Sent(var key, var value, var offset)) {
                acknowledge(key, value);
                place(op, keys.of(key), value, offset);
                follow(op, key, offset);
            }
        }
    }

    private void acknowledge(long key, long value) {
        if ((keys.of(key).mark(value, KeyRecords.ACKNOWLEDGED) & KeyRecords.ACKNOWLEDGED) == 0) {
            acknowledged++;
        }
    }

    /// What was certainly not done.
    void onFailed(Operation op) {
        for (var mop : op.mops()) {
            switch (mop) {
                case Sent(var key, var value, _) -> fail(op, key, value);
                case Send(var key, var value) -> fail(op, key, value);
                case Poll(), Polled(_) -> {
                    // It sent nothing.
                }
            }
        }
    }

    private void fail(Operation op, long key, long value) {
        int before = keys.of(key).mark(value, KeyRecords.FAILED);
        if ((before & KeyRecords.READ) != 0) {
            findings.add(
                    Kind.ABORTED_READ,
                    op.index(),
                    List.of(Needle.ofValue(key, value)),
                    "value %d of key %d had been read when its send failed",
                    value,
                    key);
        }
    }

    /// A value has one offset, and an offset one value; whoever says so first is believed.
    void place(Operation op, KeyRecords records, long value, long offset) {
        long key = records.key();
        long place = records.placeAt(value, offset);
        if (place != KeyRecords.ABSENT
                && place != offset
                && (records.mark(value, KeyRecords.DOUBLED) & KeyRecords.DOUBLED) == 0) {
            findings.add(
                    Kind.DUPLICATE,
                    op.index(),
                    List.of(Needle.ofValue(key, value)),
                    "value %d of key %d is at offset %d and at offset %d",
                    value,
                    key,
                    place,
                    offset);
        }
        long other = records.occupy(offset, value);
        if (other != KeyRecords.ABSENT && other != value) {
            findings.add(
                    Kind.INCONSISTENT_OFFSETS,
                    op.index(),
                    List.of(Needle.ofOffset(key, offset), Needle.ofValue(key, other)),
                    "offset %d of key %d holds value %d and value %d",
                    offset,
                    key,
                    other,
                    value);
        }
    }

    /// One process's records lie in the order in which it sent them.
    private void follow(Operation op, long key, long offset) {
        var offsets = lastOffsets.computeIfAbsent(op.process(), _ -> new LongMap());
        long before = offsets.get(key);
        if (before != LongMap.ABSENT && before >= offset) {
            findings.add(
                    Kind.NONMONOTONIC_SEND,
                    op.index(),
                    List.of(
                            Needle.ofOffset(op.process(), key, before),
                            Needle.ofOffset(op.process(), key, offset)),
                    "process %d sent to key %d at offset %d after offset %d",
                    op.process(),
                    key,
                    offset,
                    before);
        }
        offsets.put(key, offset);
    }

    /// A process that will not be heard of again.
    void forget(int process) {
        lastOffsets.remove(process);
    }

    long acknowledged() {
        return acknowledged;
    }
}
