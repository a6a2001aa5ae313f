package io.moldau.broker.partition;

/// What this node is to a partition at the moment. Belongs to the partition's shard.
sealed interface Role {
    /// The epoch in which the partition's leader leads, this node or another.
    int leaderEpoch();

    /// Records may be appended by clients, and asked for by anyone.
    boolean leads();

    /// More records count on this replica: they were appended, or became durable.
    void onPromised();

    /// Nothing is done in this role any more.
    default void end() {}

    /// No leader is known, or the log cannot be used.
    record Offline(int leaderEpoch) implements Role {
        @Override
        public boolean leads() {
            return false;
        }

        @Override
        public void onPromised() {
            // Nobody waits for this replica.
        }
    }

    /// This node keeps the only replica: what it has is committed.
    record Lone(int leaderEpoch, Partition partition) implements Role {
        @Override
        public boolean leads() {
            return true;
        }

        @Override
        public void onPromised() {
            partition.raiseHighWatermark(partition.keeper().promisedEnd());
        }
    }
}
