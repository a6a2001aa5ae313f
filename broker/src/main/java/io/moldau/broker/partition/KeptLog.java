package io.moldau.broker.partition;

import io.moldau.broker.replication.ReplicaLog;
import io.moldau.log.EpochEnd;

/// A partition's log as replication looks at it: whichever is open at the moment.
record KeptLog(LogKeeper keeper) implements ReplicaLog {
    @Override
    public long logStartOffset() {
        return keeper.log().logStartOffset();
    }

    @Override
    public long logEndOffset() {
        return keeper.log().logEndOffset();
    }

    @Override
    public long promisedEndOffset() {
        return keeper.promisedEnd();
    }

    @Override
    public long highWatermark() {
        return keeper.log().highWatermark();
    }

    @Override
    public int latestEpoch() {
        return keeper.log().latestEpoch();
    }

    @Override
    public int epochBefore(long offset) {
        return offset <= logStartOffset() ? -1 : keeper.log().epochOf(offset - 1).orElse(-1);
    }

    @Override
    public EpochEnd endOffsetFor(int epoch) {
        return keeper.log().endOffsetFor(epoch);
    }
}
