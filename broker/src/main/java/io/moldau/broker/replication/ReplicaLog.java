package io.moldau.broker.replication;

import io.moldau.log.EpochEnd;

/// A partition's log, as far as replication has to look at it. It never writes: that is what
/// effects are for.
public interface ReplicaLog {
    long logStartOffset();

    long logEndOffset();

    /// Below it the records are as durable as the topic asks for: the log's end, unless the topic
    /// has each append flushed and a flush is still under way.
    long promisedEndOffset();

    /// As last noted, by an earlier process too; never beyond the log's end.
    long highWatermark();

    /// The epoch of the last append, or of the leader's own reign once it has begun.
    int latestEpoch();

    /// The epoch of the record before `offset`; -1 when there is none.
    int epochBefore(long offset);

    EpochEnd endOffsetFor(int epoch);
}
