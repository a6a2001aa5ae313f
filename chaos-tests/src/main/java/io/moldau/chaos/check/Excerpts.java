package io.moldau.chaos.check;

import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Mop;
import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Looks up the lines of what was found, in a second walk through the history: the first one keeps
/// no lines. A line is cut to the records that matter.
final class Excerpts {
    private static final int LINES_MAX = 12;
    private static final int LINE_CHARS_MAX = 400;

    private final List<Finding> findings;
    private final List<List<String>> lines = new ArrayList<>();
    private final long[] lastIndexes;

    /// Which findings ask for a record of this key, and which for a line of this index.
    private final Map<Long, List<Integer>> byKey = new HashMap<>();

    private final Map<Long, List<Integer>> byIndex = new HashMap<>();

    Excerpts(List<Finding> findings) {
        this.findings = findings;
        lastIndexes = new long[findings.size()];
        for (int i = 0; i < findings.size(); i++) {
            lines.add(new ArrayList<>());
            lastIndexes[i] = findings.get(i).index();
            for (var needle : findings.get(i).needles()) {
                enter(needle, i);
            }
        }
    }

    private void enter(Needle needle, int finding) {
        var asked =
                needle.index() == Finding.ANY
                        ? byKey.computeIfAbsent(needle.key(), _ -> new ArrayList<>())
                        : byIndex.computeIfAbsent(needle.index(), _ -> new ArrayList<>());
        if (!asked.contains(finding)) {
            asked.add(finding);
        }
    }

    boolean isEmpty() {
        return findings.isEmpty();
    }

    void on(Operation op) {
        for (int finding : byIndex.getOrDefault(op.index(), List.of())) {
            add(finding, op, op);
        }
        for (int finding : interested(op)) {
            var mops = matching(op, findings.get(finding).needles());
            if (!mops.isEmpty()) {
                add(finding, op, withMops(op, mops));
            }
        }
    }

    private void add(int finding, Operation op, Operation shown) {
        var excerpt = lines.get(finding);
        var text = shown.toString();
        if (text.length() > LINE_CHARS_MAX) {
            text = text.substring(0, LINE_CHARS_MAX) + " …";
        } else if (records(shown) < records(op)) {
            text += " ; of " + records(op) + " records";
        }
        if (excerpt.size() < LINES_MAX && !excerpt.contains(text)) {
            excerpt.add(text);
        }
        if (findings.get(finding).index() < 0) {
            lastIndexes[finding] = op.index();
        }
    }

    private Set<Integer> interested(Operation op) {
        var interested = new HashSet<Integer>();
        for (var mop : op.mops()) {
            switch (mop) {
                case Send(var key, _) -> interested.addAll(byKey.getOrDefault(key, List.of()));
                case Sent(var key, _, _) -> interested.addAll(byKey.getOrDefault(key, List.of()));
                case Polled(var batches) -> {
                    for (var batch : batches) {
                        interested.addAll(byKey.getOrDefault(batch.key(), List.of()));
                    }
                }
                case Poll() -> {
                    // Nothing of interest.
                }
            }
        }
        return interested;
    }

    private static List<Mop> matching(Operation op, List<Needle> needles) {
        var found = new ArrayList<Mop>();
        for (var mop : op.mops()) {
            switch (mop) {
                case Send(var key, var value) -> {
                    if (matches(needles, op, key, value, Long.MAX_VALUE)) {
                        found.add(mop);
                    }
                }
                case Sent(var key, var value, var offset) -> {
                    if (matches(needles, op, key, value, offset)) {
                        found.add(mop);
                    }
                }
                case Polled(var batches) -> {
                    var cut =
                            batches.stream()
                                    .map(batch -> cut(needles, op, batch))
                                    .filter(batch -> !batch.records().isEmpty())
                                    .toList();
                    if (!cut.isEmpty()) {
                        found.add(new Polled(cut));
                    }
                }
                case Poll() -> {
                    // No record.
                }
            }
        }
        return found;
    }

    private static Batch cut(List<Needle> needles, Operation op, Batch batch) {
        var records = new ArrayList<Found>();
        for (var found : batch.records()) {
            if (matches(needles, op, batch.key(), found.value(), found.offset())) {
                records.add(found);
            }
        }
        return new Batch(batch.key(), records);
    }

    private static boolean matches(
            List<Needle> needles, Operation op, long key, long value, long offset) {
        for (var needle : needles) {
            if (needle.matches(op.process(), key, value, offset)) {
                return true;
            }
        }
        return false;
    }

    private static Operation withMops(Operation op, List<Mop> mops) {
        return new Operation(
                op.index(),
                op.timeNanos(),
                op.process(),
                op.type(),
                op.f(),
                new Value.Mops(mops),
                op.notes());
    }

    private static int records(Operation op) {
        int records = 0;
        for (var mop : op.mops()) {
            records +=
                    switch (mop) {
                        case Send _, Sent _ -> 1;
                        case Poll() -> 0;
                        case Polled(var batches) ->
                                batches.stream().mapToInt(batch -> batch.records().size()).sum();
                    };
        }
        return records;
    }

    /// What was found, with its lines; what is not there is placed where it was last spoken of.
    List<Anomaly> anomalies() {
        var anomalies = new ArrayList<Anomaly>();
        for (int i = 0; i < findings.size(); i++) {
            var finding = findings.get(i);
            anomalies.add(
                    new Anomaly(finding.kind(), lastIndexes[i], finding.detail(), lines.get(i)));
        }
        return anomalies;
    }
}
