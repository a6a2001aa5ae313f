package io.moldau.broker.group;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.internals.Topic;

/// Which groups this node coordinates, by the newest image that it has applied.
///
/// That image needs no other proof. Whatever a former coordinator was told to be durable was
/// decided before the change of the leader that made it a former one, so who sees that change has
/// applied it all; and what it sends afterwards is refused, since it carries the epoch before.
///
/// Only who has been succeeded and has not heard of it is wrong: see [#stillHolds].
final class Seats {
    static final int NOT_HERE = -1;

    private final int self;
    private final GroupStore store;

    /// False until this life of the node is registered: before, the image tells of the last one.
    private volatile boolean open;

    Seats(int self, GroupStore store) {
        this.self = self;
        this.store = store;
    }

    void open() {
        open = true;
    }

    /// The epoch in which this node coordinates the group, or [#NOT_HERE].
    int epochOf(String groupId) {
        if (!open) {
            return NOT_HERE;
        }
        return CoordinatorSeat.of(groupId, store.image())
                .filter(seat -> seat.node() == self)
                .map(CoordinatorSeat::epoch)
                .orElse(NOT_HERE);
    }

    boolean isHere(String groupId) {
        return epochOf(groupId) != NOT_HERE;
    }

    /// Completes with whether the node coordinates the group in that epoch, once it knows all that
    /// was acknowledged to anyone; with false where it cannot learn that.
    CompletableFuture<Boolean> stillHolds(String groupId, int epoch) {
        return store.barrier().handle((_, unknown) -> unknown == null && epochOf(groupId) == epoch);
    }

    static NotCoordinatorException elsewhere(String groupId) {
        return new NotCoordinatorException(
                "Group %s is not coordinated by this node.".formatted(groupId));
    }

    /// True if groups have come here or left between the two images.
    boolean changed(ClusterImage before, ClusterImage after) {
        var old = before.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        var now = after.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        int count = Math.max(count(old), count(now));
        for (int i = 0; i < count; i++) {
            if (heldEpoch(old, i) != heldEpoch(now, i)) {
                return true;
            }
        }
        return count(old) != count(now);
    }

    private static int count(TopicImage topic) {
        return topic == null ? 0 : topic.partitions().size();
    }

    private int heldEpoch(TopicImage topic, int index) {
        PartitionImage partition = index < count(topic) ? topic.partitions().get(index) : null;
        return partition != null && partition.leader() == self ? partition.leaderEpoch() : NOT_HERE;
    }
}
