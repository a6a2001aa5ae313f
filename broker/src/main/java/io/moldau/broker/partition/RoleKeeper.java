package io.moldau.broker.partition;

import io.moldau.broker.disk.Room;
import io.moldau.metadata.PartitionImage;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The role of this node for one partition, and how one follows the other. Belongs to the
/// partition's shard.
final class RoleKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(RoleKeeper.class);
    private static final int NO_EPOCH = -1;
    private static final long SOON_MS = 60;

    private final Partition partition;
    private final LedSide ledSide;
    private final Retreat retreat;
    private Role role;
    private boolean taking;
    private boolean ended;

    RoleKeeper(Partition partition, PartitionImage image) {
        this.partition = partition;
        this.ledSide = new LedSide(partition);
        this.retreat = new Retreat(partition);
        this.role =
                isLoneLeader(image)
                        ? new Role.Lone(image.leaderEpoch(), partition)
                        : new Role.Offline(NO_EPOCH);
    }

    Role role() {
        return role;
    }

    LedSide ledSide() {
        return ledSide;
    }

    /// Whether the partition is no more.
    boolean isEnded() {
        return ended;
    }

    void take(PartitionView next) {
        if (ended) {
            return;
        }
        var last = role;
        if (goesOn(last, next.image())) {
            last.onMetadata(next);
        } else {
            last.end();
            taking = true;
            try {
                role = roleIn(next.image());
            } finally {
                taking = false;
            }
            if (!(role instanceof Role.Offline)) {
                retreat.onUsable();
            }
            partition.onRoleTaken(last);
            role.begin(next);
            partition.onRoleBegun();
        }
        ledSide.onRole();
        retreat.tick(role);
    }

    private boolean goesOn(Role last, PartitionImage image) {
        return switch (last) {
            case Role.Offline _ -> false;
            case Role.Lone(var epoch, _) -> isLoneLeader(image) && image.leaderEpoch() == epoch;
            case LeaderRole leader ->
                    image.leader() == partition.nodeId()
                            && image.leaderEpoch() == leader.leaderEpoch()
                            && !isLoneLeader(image);
            case FollowerRole follower -> image.leader() == follower.leaderId();
        };
    }

    private Role roleIn(PartitionImage image) {
        if (isLoneLeader(image)) {
            return new Role.Lone(image.leaderEpoch(), partition);
        }
        if (image.leader() == PartitionImage.NO_LEADER || retreat.forbids(image)) {
            return new Role.Offline(image.leaderEpoch());
        }
        try {
            partition.keeper().log(); // Only now it is known whether it is damaged.
            if (retreat.forbids(image) || retreat.isBelieved(image)) {
                return new Role.Offline(image.leaderEpoch());
            }
            if (image.leader() == partition.nodeId()) {
                return new LeaderRole(partition, image);
            }
            if (partition.keeper().damage() != null) {
                partition.keeper().repair(); // It does not count, and another leads.
            }
            return new FollowerRole(partition, image);
        } catch (KafkaStorageException e) {
            LOGGER.atWarn()
                    .addKeyValue("partition", partition)
                    .setCause(e)
                    .log("replica is offline");
            return new Role.Offline(image.leaderEpoch());
        }
    }

    private boolean isLoneLeader(PartitionImage image) {
        return image.leader() == partition.nodeId()
                && image.replicas().size() == 1
                && image.replicas().getFirst() == partition.nodeId();
    }

    /// There are peers now: followers find their leaders.
    void meetPeers() {
        if (role instanceof FollowerRole) {
            role.end();
            role = new Role.Offline(NO_EPOCH);
            partition.guarded(() -> take(partition.view()));
        }
    }

    /// Time has passed. A replica whose disk had failed tries again.
    void tick() {
        partition.guarded(() -> {
            if (!(role instanceof Role.Offline)) {
                role.tick();
            } else if (partition.leadership().leader() != PartitionImage.NO_LEADER) {
                take(partition.view());
            }
            retreat.tick(role);
        });
    }

    /// Replication asked for a moment's patience.
    void tickSoon() {
        tickIn(SOON_MS);
    }

    /// The same, for at least so long.
    void tickIn(long delayMs) {
        partition.shard().schedule(Math.max(SOON_MS, delayMs), this::tick);
    }

    /// The disk failed. A lone replica needs no other to go on when the disk is back.
    ///
    /// @param lost whether something that counted may be gone
    void onLogFailed(boolean lost) {
        if (!(role instanceof Role.Lone) && !ended) {
            retreat.onFailed(role, lost);
            goOffline();
        }
    }

    /// Some of the log is not what was written. A lone replica shows what is left of it.
    void onLogDamaged() {
        if (role instanceof Role.Lone) {
            partition.keeper().onDamageKnown(); // There is nobody to hear of it.
        } else if (!ended) {
            retreat.onDamaged();
            goOffline();
        }
    }

    /// The disk has so much room for more records: a follower takes none without, and a leader has
    /// another lead.
    void onRoom(Room room) {
        if (ended) {
            return;
        }
        if (room == Room.CRITICAL && role instanceof FollowerRole) {
            goOffline();
        } else if (room != Room.CRITICAL && role instanceof Role.Offline) {
            partition.guarded(() -> take(partition.view()));
        } else {
            retreat.tick(role);
        }
    }

    private void goOffline() {
        if (taking) {
            return; // What comes of that is just being looked at.
        }
        role.end();
        role = new Role.Offline(role.leaderEpoch());
        retreat.tick(role);
    }

    /// Whether the partition is no more, on this node.
    boolean isOver() {
        return ended;
    }

    /// The partition is no more.
    void end() {
        role.end();
        role = new Role.Offline(role.leaderEpoch());
        ended = true;
    }
}
