package io.moldau.chaos.check;

import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Looks for an order in which one topic's operations could have been done one by one: each between
/// its beginning and its end, each with the answer that it got.
///
/// The search is exponential in how many run at once, so topics should be short-lived.
///
/// Source: Wing and Gong, "Testing and verifying concurrent objects" (1993); what was tried is
/// remembered, as Lowe does in "Testing for linearizability" (2017).
final class Linearization {
    private static final int TRIES_MAX = 1_000_000;

    private final List<TopicOperation> operations;
    private final Set<Point> tried = new HashSet<>();
    private final BitSet done = new BitSet();

    Linearization(List<TopicOperation> operations) {
        this.operations =
                operations.stream()
                        .sorted(Comparator.comparingLong(TopicOperation::beganNanos))
                        .toList();
    }

    enum Verdict {
        POSSIBLE,
        IMPOSSIBLE,
        /// Too many at once.
        UNDECIDED
    }

    /// A place in the search: what was done, and the partitions that the topic has then.
    private record Point(BitSet done, int partitions) {}

    /// Whether there is such an order for a topic that does not exist at first.
    Verdict find() {
        if (search(0)) {
            return Verdict.POSSIBLE;
        }
        return tried.size() < TRIES_MAX ? Verdict.IMPOSSIBLE : Verdict.UNDECIDED;
    }

    private boolean search(int partitions) {
        if (isEverythingDone()) {
            return true;
        }
        if (tried.size() >= TRIES_MAX || !tried.add(new Point((BitSet) done.clone(), partitions))) {
            return false;
        }
        long firstEndNanos = firstEndOfRest();
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            var operation = operations.get(i);
            if (operation.beganNanos() > firstEndNanos) {
                break; // Another one of the rest had ended by then.
            }
            int after = operation.after(partitions);
            if (after != TopicOperation.IMPOSSIBLE) {
                done.set(i);
                if (search(after)) {
                    return true;
                }
                done.clear(i);
            }
        }
        return false;
    }

    private boolean isEverythingDone() {
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            if (!operations.get(i).mayBeLeftOut()) {
                return false;
            }
        }
        return true;
    }

    private long firstEndOfRest() {
        long first = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            first = Math.min(first, operations.get(i).endNanos());
        }
        return first;
    }
}
