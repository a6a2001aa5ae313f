package io.moldau.chaos.sim;

import org.apache.kafka.common.Uuid;

/// All logs of one node, and what becomes of them when it fails. Logs that were given out are no
/// longer to be used after that.
interface SimStore {
    /// The node has started: what is there is found again.
    void start();

    /// Opened at its first use, made when missing. What a former topic of that name has left is not
    /// it.
    SimLog log(int partition, Uuid topicId);

    /// The partition has moved elsewhere, or its topic is gone. Its log is open.
    void delete(int partition);

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
