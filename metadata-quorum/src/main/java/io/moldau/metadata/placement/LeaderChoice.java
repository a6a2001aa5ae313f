package io.moldau.metadata.placement;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/// Chooses who leads a partition.
public final class LeaderChoice {
    private LeaderChoice() {}

    /// The first replica, in order of preference, that is in sync and alive; only such a one holds
    /// all that was acknowledged.
    public static OptionalInt leader(
            List<Integer> replicas, List<Integer> isr, IntPredicate alive) {
        for (int replica : replicas) {
            if (isr.contains(replica) && alive.test(replica)) {
                return OptionalInt.of(replica);
            }
        }
        return OptionalInt.empty();
    }
}
