package io.moldau.chaos.sim.world;

import io.moldau.broker.group.GroupStore;
import io.moldau.broker.replication.FollowerReplica;
import io.moldau.broker.replication.LeaderReplica;
import io.moldau.broker.replication.ReplicaLog;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.env.Disk;
import io.moldau.env.sim.SimDisk;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.PartitionImage;
import java.nio.file.Path;

/// What a simulated node runs: production's cores, and what the shell around them must keep to.
/// Tests put bugs in their place.
public interface Rules {
    Rules PRODUCTION = new Rules() {};

    default LeaderReplica leader(
            int nodeId,
            PartitionImage image,
            ReplicaLog log,
            ReplicationSettings settings,
            long nowMs) {
        return new LeaderReplica(nodeId, image, log, settings, nowMs);
    }

    default FollowerReplica follower(
            PartitionImage image, ReplicaLog log, ReplicationSettings settings, long nowMs) {
        return new FollowerReplica(image, log, settings, nowMs);
    }

    /// A flush returns before the disk has synced.
    default boolean liesAboutFlushes() {
        return false;
    }

    /// A node acts on images that are older than its own registration.
    default boolean actsBeforeRegistration() {
        return false;
    }

    /// A node that comes back with less than it had says so.
    default boolean tellsOfUncleanStops() {
        return true;
    }

    /// A node that has come back unclean takes itself for clean before the cluster knows.
    default boolean forgetsUncleanStopsTooEarly() {
        return false;
    }

    /// The leader answers when it has the record itself.
    default boolean answersBeforeCommit() {
        return false;
    }

    /// A retry of a record is recognized.
    default boolean recognizesRetries() {
        return true;
    }

    /// The disk as the log sees it.
    default Disk disk(SimDisk disk) {
        return disk;
    }

    /// The metadata as a node's group coordinator sees it.
    default GroupStore groupStore(GroupStore store) {
        return store;
    }

    /// In whose name, and in which generation, a coordinator takes a member's commit to be.
    ///
    /// @param saved the group as it was saved last, if it was
    default Committer committer(String memberId, int generation, GroupImage saved) {
        return new Committer(memberId, generation);
    }

    record Committer(String memberId, int generation) {}

    /// The logs below `root` are about to be opened.
    default void beforeRecovery(SimDisk disk, Path root) {
        // Production has nothing to do before recovery.
    }

    /// The controller goes on waiting for the answer to a command that was lost.
    default boolean waitsForLostAnswers() {
        return false;
    }

    /// Answers to an opening before the last one are passed on.
    default boolean mixesUpOpenings() {
        return false;
    }
}
