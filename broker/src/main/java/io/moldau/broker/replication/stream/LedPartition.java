package io.moldau.broker.replication.stream;

import io.moldau.broker.shard.Shard;

/// A partition of the leader's node, as the streams of its followers see it. Everything is called
/// on its shard.
public interface LedPartition {
    /// Any thread.
    Shard shard();

    /// A follower asks for records. The partition answers, now or later, through the cursor.
    ///
    /// @param leaderEpoch in which the follower believes this node to lead
    /// @param lastFetchedEpoch of the record before `fetchOffset`; -1 when there is none
    void onOpened(Cursor follower, int leaderEpoch, long fetchOffset, int lastFetchedEpoch);

    /// The follower has everything below `logEndOffset`.
    void onAcknowledged(Cursor follower, long logEndOffset);

    /// The records that the follower was sent for `offset` cannot be what was written.
    void onDoubted(Cursor follower, long offset);

    /// The follower's stream broke, or it wants no more of this partition.
    void onLost(Cursor follower);

    /// Adds to `frame` what the follower is to be told now, and moves its cursor. What remains
    /// unsaid, because the frame is full, is said in a later one: then the cursor is
    /// [Cursor#ready()] again.
    void fill(Cursor follower, FrameDraft frame);
}
