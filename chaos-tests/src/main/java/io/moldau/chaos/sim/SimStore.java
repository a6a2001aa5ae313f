package io.moldau.chaos.sim;

/// All logs of one node, and what becomes of them when it fails. Logs that were given out are no
/// longer to be used after that.
interface SimStore {
    /// The node has started: what is there is found again.
    void start();

    /// Opened at its first use, made when missing.
    SimLog log(int partition);

    /// The partition has moved elsewhere.
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
