package io.moldau.quorum.session;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// The controller's place is empty, and the voters that are left stand for it one after the other:
/// if all did at once each would vote for itself, and none would win.
///
/// @param gone the node whose place it is
record Vacancy(int gone, long sinceNanos) {
    /// What an election takes, with something to spare.
    private static final long TURN_MS = 100;

    /// Meanwhile either one of them leads, or Ratis's own time-outs help.
    private static final long ACTED_ON_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    /// How long `self` waits for those before it; nothing for a node that does not vote.
    static OptionalLong delayMs(int self, int gone, List<Integer> voters) {
        if (!voters.contains(self)) {
            return OptionalLong.empty();
        }
        long before = voters.stream().filter(voter -> voter != gone && voter < self).count();
        return OptionalLong.of(before * TURN_MS);
    }

    boolean stillActedOn(int host, long nowNanos) {
        return host == gone && nowNanos - sinceNanos < ACTED_ON_NANOS;
    }
}
