package io.moldau.broker.disk;

/// How much room a disk has for more.
public enum Room {
    ENOUGH(0),
    /// Producers are refused, and everything else goes on: reading, deleting, committing,
    /// following.
    LOW(1),
    /// Followers stop, too, and leave the in-sync replicas: what is left is for deleting.
    CRITICAL(2);

    private final int level;

    Room(int level) {
        this.level = level;
    }

    /// For a gauge: the less room, the higher.
    public int level() {
        return level;
    }
}
