package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Judges a history of sends and polls by comparing everything with everything.
final class DullChecker {
    private final List<Seen> acknowledged = new ArrayList<>();
    private final List<Seen> read = new ArrayList<>();
    private final List<Seen> begun = new ArrayList<>();
    private final List<Seen> failed = new ArrayList<>();
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

    /// A record, as some process saw it; offset -1 when it did not see that.
    private record Seen(int process, long key, long value, long offset) {
        private boolean isRecord(Seen other) {
            return key == other.key && value == other.value;
        }

        private boolean isPlace(Seen other) {
            return key == other.key && offset == other.offset;
        }

        private boolean isNextOf(Seen other) {
            return process == other.process && key == other.key;
        }
    }

    static Set<Kind> check(List<Operation> history) {
        var checker = new DullChecker();
        history.forEach(checker::collect);
        checker.judgeOffsets();
        checker.judgeReads();
        checker.judgeOrders();
        checker.judgeMissing();
        return checker.kinds;
    }

    private void collect(Operation op) {
        for (var mop : op.mops()) {
            switch (mop) {
                case Send(var key, var value) -> {
                    var seen = new Seen(op.process(), key, value, -1);
                    if (op.type() == Stage.INVOKE) {
                        begun.add(seen);
                    } else if (op.type() == Stage.FAIL) {
                        failed.add(seen);
                    }
                }
                case Sent(var key, var value, var offset) ->
                        acknowledged.add(new Seen(op.process(), key, value, offset));
                case Polled(var batches) ->
                        batches.forEach(batch ->
                                batch.records()
                                        .forEach(found -> {
                                            read.add(
                                                    new Seen(
                                                            op.process(),
                                                            batch.key(),
                                                            found.value(),
                                                            found.offset()));
                                        }));
                default -> {
                    // A poll without an answer.
                }
            }
        }
    }

    private void judgeOffsets() {
        var placed = new ArrayList<>(acknowledged);
        placed.addAll(read);
        for (var one : placed) {
            for (var other : placed) {
                if (one.isRecord(other) && one.offset() != other.offset()) {
                    kinds.add(Kind.DUPLICATE);
                }
                if (one.isPlace(other) && one.value() != other.value()) {
                    kinds.add(Kind.INCONSISTENT_OFFSETS);
                }
            }
        }
    }

    private void judgeReads() {
        for (var one : read) {
            if (begun.stream().noneMatch(one::isRecord)) {
                kinds.add(Kind.UNEXPECTED_WRITE);
            }
            if (failed.stream().anyMatch(one::isRecord)) {
                kinds.add(Kind.ABORTED_READ);
            }
        }
    }

    private void judgeOrders() {
        for (int i = 0; i < acknowledged.size(); i++) {
            int next = next(acknowledged, i);
            if (next >= 0 && acknowledged.get(next).offset() <= acknowledged.get(i).offset()) {
                kinds.add(Kind.NONMONOTONIC_SEND);
            }
        }
        for (int i = 0; i < read.size(); i++) {
            int next = next(read, i);
            if (next >= 0 && read.get(next).offset() <= read.get(i).offset()) {
                kinds.add(Kind.NONMONOTONIC_POLL);
            } else if (next >= 0 && isAnythingBetween(read.get(i), read.get(next))) {
                kinds.add(Kind.POLL_SKIP);
            }
        }
    }

    private static int next(List<Seen> list, int place) {
        for (int i = place + 1; i < list.size(); i++) {
            if (list.get(i).isNextOf(list.get(place))) {
                return i;
            }
        }
        return -1;
    }

    private boolean isAnythingBetween(Seen low, Seen high) {
        var placed = new ArrayList<>(acknowledged);
        placed.addAll(read);
        return placed.stream()
                .anyMatch(seen ->
                        seen.key() == low.key()
                                && seen.offset() > low.offset()
                                && seen.offset() < high.offset());
    }

    private void judgeMissing() {
        for (var one : acknowledged) {
            if (read.stream().noneMatch(one::isRecord)) {
                boolean passed =
                        read.stream()
                                .anyMatch(seen ->
                                        seen.key() == one.key() && seen.offset() > one.offset());
                kinds.add(passed ? Kind.LOST_WRITE : Kind.UNSEEN);
            }
        }
    }
}
