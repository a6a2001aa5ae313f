package io.moldau.broker.replication;

/// @param lagTimeMaxMs a follower that has not been at the leader's end for so long leaves the ISR
///   (`replica.lag.time.max.ms`)
/// @param retryMs pause before something refused is asked again: an ISR, or a place at the leader
/// @param answerTimeoutMs how long an answer may take before its question is asked again
public record ReplicationSettings(long lagTimeMaxMs, long retryMs, long answerTimeoutMs) {
    /// Kafka's lag time, and pauses that a person does not notice.
    public static final ReplicationSettings DEFAULT = new ReplicationSettings(30_000, 50, 15_000);

    public ReplicationSettings withLagTimeMaxMs(long newLagTimeMaxMs) {
        return new ReplicationSettings(newLagTimeMaxMs, retryMs, answerTimeoutMs);
    }
}
