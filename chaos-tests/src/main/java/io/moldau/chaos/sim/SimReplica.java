package io.moldau.chaos.sim;

import io.moldau.broker.replication.FollowerReplica;
import io.moldau.broker.replication.LeaderEvent;
import io.moldau.broker.replication.LeaderReplica;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;

/// One partition on one node: its log, and the core of the role that it has.
final class SimReplica {
    private final SimNode node;
    private final int partition;
    private final SimCluster cluster;
    private final Luck luck;
    private Uuid topicId;
    private boolean isOpen;
    private PartitionImage image;
    private LeaderShell leading;
    private FollowerShell following;
    private boolean flushing;

    SimReplica(SimNode node, int partition, SimCluster cluster) {
        this.node = node;
        this.partition = partition;
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 1000 + node.id() * 10L + partition);
    }

    SimNode node() {
        return node;
    }

    int partition() {
        return partition;
    }

    SimLog log() {
        isOpen = true;
        return node.store().log(partition, topicId);
    }

    Uuid topicId() {
        return topicId;
    }

    /// Of the topic that there is now, and not of a former one of its name.
    boolean isOfToday() {
        var topic = cluster.metadata().newest().topic(cluster.topicOf(partition));
        return topic != null && topic.id().equals(topicId);
    }

    PartitionImage image() {
        return image;
    }

    LeaderReplica leader() {
        return leading == null ? null : leading.core();
    }

    FollowerReplica follower() {
        return following == null ? null : following.core();
    }

    void onStart() {
        cluster.oracle().onStart(this);
        var topic = node.image().topic(cluster.topicOf(partition));
        topicId = topic == null ? null : topic.id();
        if (topicId != null
                && topic.partitions()
                        .get(cluster.numberOf(partition))
                        .replicas()
                        .contains(node.id())) {
            onAppended(); // What was found may have to be synced.
        }
    }

    void onStop() {
        isOpen = false;
        flushing = false;
        leading = null;
        following = null;
        image = null;
    }

    /// Takes the role that the metadata gives.
    void follow(ClusterImage metadata) {
        var topic = metadata.topic(cluster.topicOf(partition));
        if (topic == null || !topic.id().equals(topicId)) {
            drop();
            image = null;
            topicId = topic == null ? null : topic.id();
        }
        if (topic == null) {
            return;
        }
        var next = topic.partitions().get(cluster.numberOf(partition));
        boolean newReign = image == null || next.leaderEpoch() > image.leaderEpoch();
        image = next;
        if (!next.replicas().contains(node.id())) {
            drop();
        } else if (next.leader() == node.id()) {
            lead(newReign);
        } else {
            obey(next);
        }
    }

    /// The partition has moved elsewhere, or is no more.
    private void drop() {
        if (leading != null || following != null) {
            endLeading();
            endFollowing();
        }
        if (isOpen) {
            isOpen = false;
            cluster.oracle().onStart(this);
            flushing = false;
            node.store().delete(partition);
        }
    }

    private void lead(boolean newReign) {
        endFollowing();
        if (newReign || leading == null) {
            endLeading();
            log().startEpoch(image.leaderEpoch());
            leading = new LeaderShell(this, cluster, luck);
            cluster.timeline()
                    .note(
                            4,
                            node.id(),
                            image.leaderEpoch(),
                            log().logEndOffset(),
                            () ->
                                    "node %d leads %d in epoch %d from %d"
                                            .formatted(
                                                    node.id(),
                                                    partition,
                                                    image.leaderEpoch(),
                                                    log().logEndOffset()));
            cluster.oracle().onReign(this);
        }
        leading.onMetadata();
    }

    private void obey(PartitionImage next) {
        endLeading();
        if (following == null) {
            following = new FollowerShell(this, cluster, luck);
        }
        following.onMetadata(next);
    }

    private void endLeading() {
        if (leading != null) {
            leading.end();
            leading = null;
        }
    }

    private void endFollowing() {
        if (following != null) {
            following.breakStream();
            following = null;
        }
    }

    void onTick() {
        if (!isOpen) {
            return;
        }
        if (leading != null) {
            leading.step(LeaderEvent.Tick.EVENT);
        }
        if (following != null) {
            following.onTick();
        }
        if (!flushing && (log().flushDue() || luck.chance(0.02))) {
            startFlush();
        }
    }

    /// Where records are promised only once they are durable, that takes a while.
    void onAppended() {
        if (!flushing && (log().promisedEndOffset() < log().logEndOffset() || log().flushDue())) {
            startFlush();
        }
    }

    /// The disk has its bad moments.
    private void startFlush() {
        flushing = true;
        var flushed = log();
        flushed.beginFlush();
        long ms = luck.chance(0.1) ? luck.between(20, 500) : luck.below(8);
        whileOpen(flushed, luck.below((int) ms + 1), flushed::sync);
        whileOpen(flushed, ms, () -> completeFlush(flushed));
    }

    /// A disk goes on while its process is paused, and not when that is gone.
    @SuppressWarnings("ReferenceEquality") // This very opening.
    private void whileOpen(SimLog flushed, long ms, Runnable action) {
        long life = node.life();
        cluster.timeline()
                .in(
                        ms,
                        () -> {
                            if (node.lives(life) && isOpen && log() == flushed) {
                                action.run();
                            }
                        });
    }

    private void completeFlush(SimLog flushed) {
        flushing = false;
        flushed.completeFlush();
        if (flushed.promisedEndOffset() < flushed.logEndOffset()) {
            startFlush();
        }
        if (leading != null) {
            leading.step(LeaderEvent.Appended.EVENT);
        }
        if (following != null) {
            following.onFlushed();
        }
    }

    /// A client's request; refused by a node that does not lead.
    void produce(long record, boolean acksAll, ProduceReply reply) {
        if (leading == null) {
            reply.done(false, -1);
        } else {
            leading.produce(record, acksAll, reply);
        }
    }

    void deleteRecords() {
        if (leading != null) {
            leading.deleteRecords();
        }
    }

    void onOpen(SimStream stream, int handle, OpenRequest open) {
        if (leading == null || !open.topicId().equals(topicId)) {
            int epoch = image == null ? -1 : image.leaderEpoch();
            stream.toFollower.send(() -> stream.follower.onRefused(stream, handle, epoch));
        } else {
            leading.onOpen(stream, handle, open);
        }
    }

    void onAck(SimStream stream, int handle, long logEndOffset) {
        if (leading != null) {
            leading.onAck(stream, handle, logEndOffset);
        }
    }

    void onFollowerGone(SimStream stream) {
        if (leading != null) {
            leading.onGone(stream);
        }
    }

    void onStreamBroken(SimStream stream) {
        if (following != null) {
            following.onBroken(stream);
        }
    }

    void onAccepted(SimStream stream, int handle, long fromOffset) {
        if (following != null) {
            following.onAccepted(stream, handle, fromOffset);
        }
    }

    void onDiverged(SimStream stream, int handle, int epoch, long endOffset) {
        if (following != null) {
            following.onDiverged(stream, handle, epoch, endOffset);
        }
    }

    void onRefused(SimStream stream, int handle, int leaderEpoch) {
        if (following != null) {
            following.onRefused(stream, handle, leaderEpoch);
        }
    }

    void onNews(SimStream stream, int handle, News news) {
        if (following != null) {
            following.onNews(stream, handle, news);
        }
    }

    /// What a follower opens with.
    record OpenRequest(Uuid topicId, int leaderEpoch, long fetchOffset, int lastFetchedEpoch) {}

    /// What a leader tells of itself, with records or without.
    record News(
            int leaderEpoch,
            long highWatermark,
            long logStartOffset,
            long logEndOffset,
            ByteBuffer records) {}

    /// Tells a client whether its record is committed, and where.
    interface ProduceReply {
        void done(boolean acknowledged, long offset);
    }
}
