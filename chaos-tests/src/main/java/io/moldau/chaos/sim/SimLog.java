package io.moldau.chaos.sim;

import io.moldau.broker.replication.ReplicaLog;
import java.nio.ByteBuffer;

/// One replica's log on a simulated disk. A record is a number, unlike every other.
interface SimLog extends ReplicaLog {
    /// As the leader. Returns the record's offset.
    long append(long record, int leaderEpoch);

    /// As a follower, what [#read] gave. Returns false if it does not follow the log's end.
    boolean appendCopy(ByteBuffer records);

    /// At most `maxRecords`, from `offset` on.
    ByteBuffer read(long offset, int maxRecords);

    void startEpoch(int epoch);

    void noteHighWatermark(long offset);

    void truncateTo(long offset);

    void startFreshAt(long offset);

    void advanceLogStart(long offset);

    /// Makes durable, and so promises, all that is there.
    void flush();

    /// The process is gone; what it wrote is there.
    void kill();

    /// The machine is gone: of what was not synced any first part stays.
    void losePower(Luck luck);

    /// Anything may be lost, from the end on.
    void damage(Luck luck);

    long record(long offset);

    int epoch(long offset);

    /// Where the record is; -1 when it is not there.
    long find(long record);
}
