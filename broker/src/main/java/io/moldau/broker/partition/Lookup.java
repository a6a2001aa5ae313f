package io.moldau.broker.partition;

import org.apache.kafka.common.protocol.Errors;

/// Where a partition was looked for, and what was found.
public sealed interface Lookup {
    /// This node leads it.
    record Found(Partition partition) implements Lookup {}

    /// This node cannot serve it. With `NOT_LEADER_OR_FOLLOWER` and the fencing errors, the leader
    /// as this node knows it is given, so that the client can go there at once (KIP-951).
    ///
    /// @param leaderId −1 when unknown
    /// @param leaderEpoch −1 when unknown
    record NotHere(Errors error, int leaderId, int leaderEpoch) implements Lookup {
        static NotHere because(Errors error) {
            return new NotHere(error, -1, -1);
        }
    }
}
