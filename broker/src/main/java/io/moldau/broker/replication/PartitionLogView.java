package io.moldau.broker.replication;

import io.moldau.log.EpochEnd;
import io.moldau.log.PartitionLog;

/// A log on disk, seen by replication.
record PartitionLogView(PartitionLog log) implements ReplicaLog {
    @Override
    public long logStartOffset() {
        return log.logStartOffset();
    }

    @Override
    public long logEndOffset() {
        return log.logEndOffset();
    }

    @Override
    public long promisedEndOffset() {
        return log.logEndOffset();
    }

    @Override
    public long highWatermark() {
        return log.highWatermark();
    }

    @Override
    public int latestEpoch() {
        return log.latestEpoch();
    }

    @Override
    public int epochBefore(long offset) {
        return offset <= log.logStartOffset() ? -1 : log.epochOf(offset - 1).orElse(-1);
    }

    @Override
    public EpochEnd endOffsetFor(int epoch) {
        return log.endOffsetFor(epoch);
    }
}
