package io.moldau.broker.replication;

/// @param lagTimeMaxMs a follower that has not been at the leader's end for so long leaves the ISR
///   (`replica.lag.time.max.ms`)
/// @param retryMs pause before something refused is asked again: an ISR, or a place at the leader
/// @param answerTimeoutMs how long an answer may take before its question is asked again
/// @param earlyWaitMs how long a client waits that was told of a new leader before this node was
public record ReplicationSettings(
        long lagTimeMaxMs, long retryMs, long answerTimeoutMs, long earlyWaitMs) {
    /// Kafka's lag time, and pauses that a person does not notice. Clients wait for as long as
    /// nodes are apart on a busy machine, with something to spare.
    public static final ReplicationSettings DEFAULT =
            new ReplicationSettings(30_000, 50, 15_000, 200);

    public ReplicationSettings withLagTimeMaxMs(long newLagTimeMaxMs) {
        return new ReplicationSettings(newLagTimeMaxMs, retryMs, answerTimeoutMs, earlyWaitMs);
    }

    public ReplicationSettings withEarlyWaitMs(long newEarlyWaitMs) {
        return new ReplicationSettings(lagTimeMaxMs, retryMs, answerTimeoutMs, newEarlyWaitMs);
    }
}
