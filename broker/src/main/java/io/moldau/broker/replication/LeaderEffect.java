package io.moldau.broker.replication;

import io.moldau.metadata.MetadataCommand.IsrMember;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What the leader of a partition wants done, in this order.
public sealed interface LeaderEffect {
    /// Records are pushed to the follower from `fromOffset` on. Where that is above what the
    /// follower asked for, the records between are gone.
    record Accept(int node, long session, long fromOffset) implements LeaderEffect {}

    /// The follower's log is not a part of this one: here its last epoch is `epoch` at most, and
    /// that ends at `endOffset`. Nothing is pushed; the follower cuts and opens again. With epoch
    /// -1 nothing of its last epoch is left here, and it starts afresh at `endOffset`.
    record Truncate(int node, long session, int epoch, long endOffset) implements LeaderEffect {}

    /// Nothing is pushed, or nothing more.
    ///
    /// @param leaderEpoch as this node knows it
    record Refuse(int node, long session, Errors why, int leaderEpoch) implements LeaderEffect {}

    /// Records below `offset` are committed. Never falls.
    record HighWatermark(long offset) implements LeaderEffect {}

    /// Has the cluster told who is in sync. Whatever comes of it, [LeaderEvent.IsrDecided] says so.
    record ProposeIsr(long proposalId, int leaderEpoch, int partitionEpoch, List<IsrMember> isr)
            implements LeaderEffect {}
}
