package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import java.util.List;

/// What can be judged only when the history is whole: what nobody ever got.
final class Ending {
    private final Findings findings;
    private final KeyTable keys;
    private long unseen;

    Ending(Findings findings, KeyTable keys) {
        this.findings = findings;
        this.keys = keys;
    }

    void judge() {
        for (var records : keys.all()) {
            records.forEachValue((value, marks) -> onValue(records, value, marks));
            records.forEachGap(
                    (process, index, from, to) -> onGap(records, process, index, from, to));
        }
    }

    /// Acknowledged and never read: lost when somebody read beyond it, unseen when nobody got so
    /// far.
    private void onValue(KeyRecords records, long value, int marks) {
        boolean missing = (marks & KeyRecords.ACKNOWLEDGED) != 0 && (marks & KeyRecords.READ) == 0;
        if (!missing) {
            return;
        }
        unseen++;
        long offset = records.offsetOf(value);
        boolean passed = offset != KeyRecords.ABSENT && offset < records.highestRead();
        var kind = passed ? Kind.LOST_WRITE : Kind.UNSEEN;
        if (!findings.keeps(kind)) {
            findings.count(kind);
            return;
        }
        findings.add(
                kind,
                -1,
                List.of(
                        Needle.ofValue(records.key(), value),
                        Needle.ofOffset(records.key(), offset)),
                "value %d of key %d was acknowledged%s; nobody got it, the highest offset read is %d",
                value,
                records.key(),
                offset == KeyRecords.ABSENT ? "" : " at offset " + offset,
                records.highestRead());
    }

    private void onGap(KeyRecords records, int process, long index, long from, long to) {
        long skipped = from + 1;
        while (skipped < to && records.valueAt(skipped) == KeyRecords.ABSENT) {
            skipped++;
        }
        if (skipped == to) {
            return; // Nothing was there: a mark of a transaction, or what one took back.
        }
        findings.add(
                Kind.POLL_SKIP,
                index,
                List.of(
                        Needle.ofOffset(process, records.key(), from),
                        Needle.ofOffset(process, records.key(), to),
                        Needle.ofOffset(records.key(), skipped)),
                "process %d got offset %d of key %d after offset %d; value %d is at offset %d",
                process,
                to,
                records.key(),
                from,
                records.valueAt(skipped),
                skipped);
    }

    /// Acknowledged, and got by nobody.
    long unseen() {
        return unseen;
    }
}
