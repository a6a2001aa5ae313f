package io.moldau.broker.partition;

/// What this node is to a partition at the moment. Belongs to the partition's shard.
sealed interface Role permits Role.Offline, Role.Lone, LeaderRole, FollowerRole {
    /// The epoch in which the partition's leader leads, this node or another.
    int leaderEpoch();

    /// Records may be appended by clients, and asked for by anyone.
    boolean leads();

    /// More records count on this replica: they were appended, or became durable.
    void onPromised();

    /// The role has become the partition's.
    void begin(PartitionView view);

    /// The metadata says something new, and the role remains.
    void onMetadata(PartitionView view);

    /// Time has passed.
    void tick();

    /// Nothing is done in this role any more.
    void end();

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

        @Override
        public void begin(PartitionView view) {
            // It is none.
        }

        @Override
        public void onMetadata(PartitionView view) {
            // Another role begins.
        }

        @Override
        public void tick() {
            // The partition itself tries again.
        }

        @Override
        public void end() {
            // Nothing was begun.
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

        @Override
        public void begin(PartitionView view) {
            if (partition.keeper().isOpen()) {
                partition.keeper().log().noteHighWatermark(Long.MAX_VALUE);
                onPromised();
            }
        }

        @Override
        public void onMetadata(PartitionView view) {
            // Nothing of it matters to a replica that is alone.
        }

        @Override
        public void tick() {
            // Nobody else to watch.
        }

        @Override
        public void end() {
            // Nothing was begun.
        }
    }
}
