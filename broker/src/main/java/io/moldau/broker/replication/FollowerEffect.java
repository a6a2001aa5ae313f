package io.moldau.broker.replication;

import java.nio.ByteBuffer;

/// What a follower of a partition wants done, in this order.
public sealed interface FollowerEffect {
    /// Asks the leader for records; takes the place of what was opened in the session before.
    ///
    /// @param lastFetchedEpoch of the record before `fetchOffset`; -1 when there is none
    record Open(long session, int leaderEpoch, long fetchOffset, int lastFetchedEpoch)
            implements FollowerEffect {}

    /// Writes the batches behind the log's end. [FollowerEvent.Appended] tells when that is done.
    record Append(ByteBuffer records) implements FollowerEffect {}

    /// Takes away the records from `offset` on.
    record TruncateTo(long offset) implements FollowerEffect {}

    /// Takes away everything; the next record has `offset`.
    record StartFreshAt(long offset) implements FollowerEffect {}

    /// Tells the leader how far this log goes, as durable as the topic asks for.
    record Acknowledge(long session, long logEndOffset) implements FollowerEffect {}

    /// Records below `offset` are committed. Falls only behind a truncation, with the log's end.
    record HighWatermark(long offset) implements FollowerEffect {}

    /// Records below `offset` may go.
    record LogStart(long offset) implements FollowerEffect {}
}
