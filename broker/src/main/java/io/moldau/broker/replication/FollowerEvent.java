package io.moldau.broker.replication;

import io.moldau.metadata.PartitionImage;
import java.nio.ByteBuffer;

/// What happens to a follower of a partition. A session is one stream to the leader's node; of
/// several openings in it only the last one counts, and answers to others do not arrive here.
public sealed interface FollowerEvent {
    /// The metadata says something new about the partition.
    record MetadataChanged(PartitionImage image) implements FollowerEvent {}

    /// There is a stream to the node that leads.
    ///
    /// @param session a number that no other stream of this node has
    record Connected(long session) implements FollowerEvent {}

    record Disconnected(long session) implements FollowerEvent {}

    /// Records come from `fromOffset` on.
    record Accepted(long session, long fromOffset) implements FollowerEvent {}

    /// See [LeaderEffect.Truncate].
    record Diverged(long session, int epoch, long endOffset) implements FollowerEvent {}

    /// News of the leader, with records or without.
    ///
    /// @param leaderEndOffset end of the leader's log
    /// @param records whole batches that follow the log's end; good until the step's effects are
    ///   carried out
    record Received(
            long session,
            int leaderEpoch,
            long highWatermark,
            long logStartOffset,
            long leaderEndOffset,
            ByteBuffer records)
            implements FollowerEvent {}

    /// What was to be appended is in the log, or more of it is as durable as the topic asks for.
    record Appended() implements FollowerEvent {
        public static final Appended EVENT = new Appended();
    }

    /// The leader refused, or ended what was opened.
    ///
    /// @param leaderEpoch as the refusing node knows it
    record Fenced(long session, int leaderEpoch) implements FollowerEvent {}

    /// Time has passed.
    record Tick() implements FollowerEvent {
        public static final Tick EVENT = new Tick();
    }
}
