package io.moldau.broker.partition;

import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Appends to a replica that does not lead, and may be about to.
///
/// When leaders change, each node learns of it when it applies the metadata, and a client may have
/// been told by one that is ahead. Turned away it would look elsewhere, and come back after a tenth
/// of a second at best; so it waits here until this node has learned it too. Belongs to the
/// partition's shard.
final class EarlyAppends {
    /// For so long after this node led, whoever comes has more likely not heard of the change.
    private static final long FORMER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Partition partition;
    private List<Early> waiting = List.of();
    private boolean hasLed;
    private long ledUntilNanos;

    private record Early(
            ByteBuffer records, boolean all, int timeoutMs, Consumer<AppendResult> reply) {}

    EarlyAppends(Partition partition) {
        this.partition = partition;
    }

    /// @return false if there is nothing to wait for
    boolean take(ByteBuffer records, boolean all, int timeoutMs, Consumer<AppendResult> reply) {
        if (!partition.mayLeadSoon() || hasLedJustNow()) {
            return false;
        }
        if (waiting.isEmpty()) {
            var first = new ArrayList<Early>(2);
            waiting = first;
            long patienceMs = partition.peers().settings().earlyWaitMs();
            partition.shard().schedule(patienceMs, () -> giveUp(first));
        }
        waiting.add(new Early(records, all, timeoutMs, reply));
        return true;
    }

    private boolean hasLedJustNow() {
        return hasLed && partition.nowNanos() - ledUntilNanos < FORMER_NANOS;
    }

    @SuppressWarnings("ReferenceEquality") // Those who came later have a time-out of their own.
    private void giveUp(List<Early> late) {
        if (waiting == late) {
            refuseAll(partition.notLeader());
        }
    }

    /// Another node leads.
    void ledUntilNow() {
        hasLed = true;
        ledUntilNanos = partition.nowNanos();
    }

    /// This node leads: all that waits is appended, in the order in which it came.
    void letIn() {
        for (var early : taken()) {
            partition.append(early.records(), early.all(), early.timeoutMs(), early.reply());
        }
    }

    void refuseAll(AppendResult refusal) {
        taken().forEach(early -> early.reply().accept(refusal));
    }

    private List<Early> taken() {
        var taken = waiting;
        waiting = List.of();
        return taken;
    }
}
