package io.moldau.chaos.sim.disk;

import io.moldau.chaos.sim.world.Luck;
import org.apache.kafka.common.Uuid;

/// All logs of one node, and what becomes of them when it fails. Logs that were given out are no
/// longer to be used after that.
public interface SimStore {
    /// The node has started: what is there is found again.
    void start();

    /// Opened at its first use, made when missing. What a former topic of that name has left is not
    /// it.
    SimLog log(int partition, Uuid topicId);

    /// The partition has moved elsewhere, or its topic is gone. Its log is open.
    void delete(int partition);

    /// The disk has refused something in the middle: the log is opened again at its next use, as
    /// after a crash.
    void abandon(int partition);

    /// The next syncs fail, and what they were about may be lost.
    default void failSyncs(int count) {
        throw new IllegalStateException("no disk");
    }

    /// So much more can be written.
    default void fill(long freeBytes) {
        throw new IllegalStateException("no disk");
    }

    /// A bit of what is durable flips.
    default void rot(int partition) {
        throw new IllegalStateException("no disk");
    }

    /// Whatever was wrong with the disk is no more.
    default void repair() {
        // Nothing was.
    }

    /// Time has passed.
    void onTick(Luck when);

    /// The process ends as it should.
    void close();

    /// The process is gone; what it wrote is there.
    void kill();

    /// The machine is gone, and some or all of what was not synced.
    void losePower(Luck when);

    /// Anything may be lost, from the end on.
    void damage(Luck when);

    /// There is a new and empty disk.
    void replace();
}
