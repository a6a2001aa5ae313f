package io.moldau.quorum;

import java.util.List;
import org.apache.kafka.common.Uuid;

/// The quorum as DescribeQuorum tells it.
///
/// @param leaderId node id, or -1
/// @param leaderEpoch Raft's term
/// @param highWatermark index of the last committed entry
public record QuorumStatus(
        int leaderId,
        long leaderEpoch,
        long highWatermark,
        List<Replica> voters,
        List<Replica> observers) {

    /// @param logEndOffset index after the last entry that the replica holds
    /// @param lastFetchTimestampMs when the leader last heard from it; for the leader, now
    /// @param lastCaughtUpTimestampMs when it last held all that the leader had
    public record Replica(
            int id,
            Uuid directoryId,
            long logEndOffset,
            long lastFetchTimestampMs,
            long lastCaughtUpTimestampMs) {}
}
