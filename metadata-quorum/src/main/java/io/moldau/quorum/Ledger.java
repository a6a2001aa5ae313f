package io.moldau.quorum;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which entry of each submitter was applied last: part of the replicated state, kept alike by
/// every node.
///
/// A submitter that does not hear of an entry's end, because the leader died, sends it again, and
/// both may have come into the log. Its entries are numbered from 1; only the next number counts.
/// So each is applied once, and in the order in which it was submitted.
final class Ledger {
    /// A submitter is a node from its start to its end: these are a thousand starts back.
    private static final int MAX_SUBMITTERS = 1000;

    /// By the time of their last entry.
    private final Map<Long, Long> applied = new LinkedHashMap<>(16, 0.75f, true);

    /// Takes note of an entry that is in the log.
    ///
    /// @return false when it is to be passed over: it was applied before, or one before it is
    ///   missing and will come, and this one after it, again
    boolean take(long submitter, long sequence) {
        if (sequence != lastOf(submitter) + 1) {
            return false;
        }
        applied.put(submitter, sequence);
        if (applied.size() > MAX_SUBMITTERS) {
            applied.remove(applied.keySet().iterator().next());
        }
        return true;
    }

    long lastOf(long submitter) {
        return applied.getOrDefault(submitter, 0L);
    }

    /// ```
    /// count 4 | (submitter 8 | sequence 8) * count
    /// ```
    void write(DataOutputStream out) throws IOException {
        out.writeInt(applied.size());
        for (var entry : applied.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeLong(entry.getValue());
        }
    }

    static Ledger read(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_SUBMITTERS) {
            throw new IOException("it has %d submitters".formatted(count));
        }
        var ledger = new Ledger();
        for (int i = 0; i < count; i++) {
            long submitter = in.readLong();
            ledger.applied.put(submitter, in.readLong());
        }
        return ledger;
    }
}
