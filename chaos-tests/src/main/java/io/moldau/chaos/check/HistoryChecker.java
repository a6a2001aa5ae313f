package io.moldau.chaos.check;

import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Value;
import io.moldau.chaos.timeline.FaultSpan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Judges what producers and consumers saw, operation by operation, in about linear time: what it
/// keeps is about 17 bytes for each record and nothing for each operation that has ended.
///
/// One instance judges one history, given in its order.
final class HistoryChecker {
    private final Findings findings = new Findings();
    private final KeyTable keys = new KeyTable();
    private final Outcomes outcomes = new Outcomes(findings);
    private final Writes writes = new Writes(findings, keys);
    private final Reads reads = new Reads(findings, keys, writes);
    private final GroupReads groups = new GroupReads(findings, keys);
    private final CircularReads circles = new CircularReads(findings);
    private final Ending ending = new Ending(findings, keys);
    private final Availability availability;
    private Map<String, Map<String, Long>> operations = Map.of();

    HistoryChecker(List<FaultSpan> faults) {
        availability = new Availability(keys, faults);
    }

    void on(Operation op) {
        if (!op.isClient()) {
            return; // Faults are told of, not judged.
        }
        var began = outcomes.follow(op);
        if (began == null) {
            return;
        }
        switch (op.type()) {
            case INVOKE -> onBegun(op);
            case OK -> onDone(began, withValue(op, began));
            case FAIL -> onFailed(began, withValue(op, began));
            case INFO -> onGivenUp(began, op);
        }
    }

    /// An end that does not repeat what was asked for means all of it.
    private static Operation withValue(Operation op, Operation began) {
        if (!(op.value() instanceof Value.None)) {
            return op;
        }
        return new Operation(
                op.index(),
                op.timeNanos(),
                op.process(),
                op.type(),
                op.f(),
                began.value(),
                op.notes());
    }

    private void onBegun(Operation op) {
        writes.onBegun(op);
        availability.onBegun(op);
    }

    private void onDone(Operation began, Operation op) {
        switch (op.f()) {
            case "send", "poll", "txn" -> {
                availability.onAcknowledged(began, op.timeNanos());
                writes.onAcknowledged(op);
                reads.onPolled(op);
                groups.onPolled(op);
                if (op.f().equals("txn")) {
                    circles.onCommitted(op);
                }
            }
            case "assign", "subscribe" -> {
                reads.onAssigned(op);
                groups.forget(op.process());
            }
            default -> {
                // Of what others add, nothing is known that could be judged.
            }
        }
    }

    private void onFailed(Operation began, Operation op) {
        availability.onUnanswered(began, op.timeNanos());
        writes.onFailed(op);
        if (!op.f().equals("send")) {
            reads.forget(op.process()); // What a failed poll passed over comes again.
        }
    }

    private void onGivenUp(Operation began, Operation op) {
        availability.onUnanswered(began, op.timeNanos());
        if (op.f().equals("send")) {
            writes.onPartlyAcknowledged(op);
        }
        writes.forget(op.process());
        reads.forget(op.process());
        groups.forget(op.process());
    }

    /// Judges what only the whole history shows. Called once.
    void end() {
        ending.judge();
        groups.judgeEnding();
        circles.judge();
        availability.end();
        operations = outcomes.counts();
    }

    Findings findings() {
        return findings;
    }

    /// @param anomalies with what was found elsewhere too
    /// @param counts the same
    /// @param moreOperations those of other histories
    Judgement judgement(
            List<Anomaly> anomalies,
            Map<String, Long> counts,
            Map<String, Map<String, Long>> moreOperations) {
        var all = new TreeMap<>(operations);
        all.putAll(moreOperations);
        return new Judgement(
                anomalies,
                counts,
                all,
                writes.acknowledged(),
                reads.readRecords(),
                ending.unseen(),
                availability.waits(),
                availability.recoveries());
    }
}
