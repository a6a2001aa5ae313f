package io.moldau.broker.partition;

/// Someone who waits for new records of a partition. Called on the partition's shard.
interface FetchWaiter {
    /// `bytes` more can be read from the partition that `item` names.
    void onReadable(FetchItem item, int bytes);

    /// True once nothing is waited for any more; the partition then forgets the waiter.
    boolean isDone();

    /// Who waits, across requests: a waiter replaces the last one of the same owner.
    Object owner();
}
