package io.moldau.broker.replication;

/// Which nodes may be in an ISR now, each with its node epoch.
@FunctionalInterface
public interface NodeEpochs {
    /// What [#epochOf] says of a node that is unknown, fenced or about to stop.
    long NOT_ELIGIBLE = -1;

    /// The epoch of the node's present registration, or [#NOT_ELIGIBLE]. Of the leader itself: its
    /// epoch even while it is about to stop, since it may still bring in the one that takes over.
    long epochOf(int node);
}
