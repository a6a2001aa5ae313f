package io.moldau.chaos.sim.disk;

import io.moldau.broker.replication.ReplicaLog;
import java.nio.ByteBuffer;

/// One replica's log. A record is a number, unlike every other.
public interface SimLog extends ReplicaLog {
    /// What [#append] answers to a record that does not follow the producer's last one.
    long OUT_OF_ORDER = -2;

    /// As the leader. Returns where the record is: at what was the log's end until now, or further
    /// below if its producer had sent it before; negative if it may not enter.
    long append(long record, int leaderEpoch);

    /// As a follower, what [#read] gave.
    Copied appendCopy(ByteBuffer copy);

    /// What became of a copy.
    enum Copied {
        TAKEN,
        /// It does not follow the log's end.
        GAP,
        /// It, or a part of it, cannot be what was written.
        FLAWED
    }

    /// At most `maxRecords`, from `offset` on.
    ByteBuffer read(long offset, int maxRecords);

    /// How many records a copy holds.
    int count(ByteBuffer copy);

    void startEpoch(int epoch);

    void noteHighWatermark(long offset);

    void truncateTo(long offset);

    void startFreshAt(long offset);

    void advanceLogStart(long offset);

    /// Whether records wait to become durable, because they have to or because it is time.
    boolean flushDue();

    /// Three steps, and appends and truncations in between: what was there at the first one is
    /// durable after the second, and counts after the third.
    void beginFlush();

    void sync();

    void completeFlush();

    default void flush() {
        beginFlush();
        sync();
        completeFlush();
    }

    long NOTHING = -1;

    /// Reads what is durable and closed. Returns from where on it is not what was written, or
    /// [#NOTHING].
    default long scrub() {
        return NOTHING;
    }

    /// Looks at what is around `offset`. Returns from where on it is not what was written, or
    /// [#NOTHING].
    default long damageNear(long offset) {
        return NOTHING;
    }

    /// From where on something that had been durable is missing or is not what it was, as far as
    /// was seen when it was opened; or [#NOTHING].
    default long damageAtOpening() {
        return NOTHING;
    }

    /// Nobody counts on what was missing any more.
    default void onLossKnown() {
        // Nothing is remembered of it.
    }

    /// What [#record] says where a bit has flipped and nobody knows what was there.
    long ILLEGIBLE = -1;

    long record(long offset);

    int epoch(long offset);

    /// What is on the disk in the end, if that is not what the log says; otherwise null.
    String flaw();
}
