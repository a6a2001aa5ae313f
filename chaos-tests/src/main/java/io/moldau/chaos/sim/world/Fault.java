package io.moldau.chaos.sim.world;

/// What may go wrong. A seed draws some of them, each with its own frequency.
public enum Fault {
    /// A process dies; what it wrote is there.
    KILL,
    /// A machine goes down; what was not synced is lost, wholly or in part.
    POWER_LOSS,
    /// A log is found cut or damaged anywhere when its node starts.
    DAMAGE,
    /// A node comes back with an empty disk.
    DISK_LOSS,
    /// A node stops as it should, and comes back.
    SHUTDOWN,
    /// A process stands still, and goes on as if nothing had been.
    PAUSE,
    /// One direction between two nodes is cut.
    CUT,
    /// A node is cut from the quorum: it learns nothing and is not heard.
    ISOLATION,
    /// A stream breaks, and both ends learn it at their own time.
    BREAK,
    /// Messages between nodes take long.
    DELAY,
    /// Nodes learn late what the metadata says.
    LAG,
    /// A command never arrives, or its answer does not.
    COMMAND_LOSS,
    /// A command arrives again, long after.
    COMMAND_AGAIN,
    /// Another node becomes the controller, which knows nothing but the metadata.
    CONTROLLER_CHANGE,
    /// A live node is taken for dead.
    FALSE_ALARM,
    /// Leaders are moved for no need.
    ELECTION,
    /// An operator, or the topic itself, has anyone lead who lives: acknowledged records may go,
    /// and those that stay must be the same everywhere.
    UNCLEAN_ELECTION,
    /// The topic is deleted, and another one of its name made.
    RECREATION,
    /// `min.insync.replicas` is raised and lowered again.
    MIN_ISR,
    /// Replicas are moved between nodes.
    REASSIGNMENT,
    /// Records are deleted at the log's start.
    DELETION,
    /// A node's clock runs fast or slow.
    CLOCK,
    /// A process dies again soon after each of its starts.
    CRASH_LOOP,
    /// A disk takes long for whatever is to be synced.
    SLOW_DISK,
    /// Syncs fail, and what they were about may be lost: the node gives its replicas up and takes
    /// them back when the disk works again.
    FAILED_SYNC,
    /// A disk is full in the middle of a write, and has room again after a while.
    FULL_DISK,
    /// A bit flips in records that are on the disk; a scrub finds it sooner or later.
    BIT_ROT,
    /// A node that is behind gets a snapshot in the place of what it missed.
    SNAPSHOT,
    /// A client's connection breaks, and whatever was under way on it is lost.
    DROP,
    /// A client's request comes twice, the second time late and out of turn.
    DUPLICATE,
    /// The node that coordinates a group dies, stands still, or is taken for dead.
    COORDINATOR,
    /// A member of a group is gone without a word, and another process takes its place.
    MEMBER_CRASH,
    /// A member stands still, and goes on as if nothing had been.
    MEMBER_PAUSE,
    /// A member says that it leaves, and comes back.
    MEMBER_LEAVE
}
