package io.moldau.broker.replication;

import io.moldau.metadata.PartitionImage;

/// What happens to the leader of a partition.
public sealed interface LeaderEvent {
    /// The log's end has moved, or more of it has become as durable as the topic asks for.
    record Appended() implements LeaderEvent {
        public static final Appended EVENT = new Appended();
    }

    /// A follower asks for records.
    ///
    /// @param nodeEpoch of the follower's registration, as it told itself
    /// @param session of this opening: a number that no other opening at this node has
    /// @param leaderEpoch in which the follower believes this node to lead
    /// @param fetchOffset the end of its log
    /// @param lastFetchedEpoch of the record before `fetchOffset`; -1 when there is none
    record FollowerOpened(
            int node,
            long nodeEpoch,
            long session,
            int leaderEpoch,
            long fetchOffset,
            int lastFetchedEpoch)
            implements LeaderEvent {}

    /// The follower has everything below `logEndOffset`, as durable as the topic asks for.
    record Acknowledged(int node, long session, long logEndOffset) implements LeaderEvent {}

    /// What was opened is no more.
    record FollowerLost(int node, long session) implements LeaderEvent {}

    /// The metadata says something new about the partition, the nodes or the topic's settings. All
    /// three are of one image.
    ///
    /// @param minIsr `min.insync.replicas` of the topic
    record MetadataChanged(PartitionImage image, NodeEpochs nodes, int minIsr)
            implements LeaderEvent {}

    /// What came of a proposal.
    ///
    /// @param accepted false if it was refused, and also if nobody knows
    record IsrDecided(long proposalId, boolean accepted) implements LeaderEvent {}

    /// Time has passed.
    record Tick() implements LeaderEvent {
        public static final Tick EVENT = new Tick();
    }
}
