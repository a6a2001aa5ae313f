package io.moldau.chaos.sim.cluster;

import io.moldau.broker.replication.FollowerReplica;
import io.moldau.broker.replication.LeaderEvent;
import io.moldau.broker.replication.LeaderReplica;
import io.moldau.chaos.sim.disk.SimLog;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.env.DiskTrouble;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;

/// One partition on one node: its log, and the core of the role that it has.
public final class SimReplica {
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
    private Withdrawal withdrawn;
    private boolean isReturning;
    private long damagedFrom = SimLog.NOTHING;

    SimReplica(SimNode node, int partition, SimCluster cluster) {
        this.node = node;
        this.partition = partition;
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 1000 + node.id() * 10L + partition);
    }

    public SimNode node() {
        return node;
    }

    public int partition() {
        return partition;
    }

    public SimLog log() {
        isOpen = true;
        return node.store().log(partition, topicId);
    }

    public Uuid topicId() {
        return topicId;
    }

    /// Of the topic that there is now, and not of a former one of its name.
    public boolean isOfToday() {
        var topic = cluster.metadata().newest().topic(cluster.topicOf(partition));
        return topic != null && topic.id().equals(topicId);
    }

    public PartitionImage image() {
        return image;
    }

    public LeaderReplica leader() {
        return leading == null ? null : leading.core();
    }

    public FollowerReplica follower() {
        return following == null ? null : following.core();
    }

    void onStart() {
        guarded(this::begin);
    }

    private void begin() {
        cluster.oracle().onStart(this);
        var topic = node.image().topic(cluster.topicOf(partition));
        topicId = topic == null ? null : topic.id();
        if (topicId != null
                && topic.partitions()
                        .get(cluster.numberOf(partition))
                        .replicas()
                        .contains(node.id())) {
            onAppended(); // What was found may have to be synced.
            damagedFrom = log().damageAtOpening();
            if (damagedFrom != SimLog.NOTHING) {
                withdraw(true);
            }
        }
    }

    void onStop() {
        isOpen = false;
        flushing = false;
        leading = null;
        following = null;
        image = null;
        withdrawn = null;
        damagedFrom = SimLog.NOTHING;
    }

    // ---- a disk that refuses ----

    /// Whether the node has given it up, and may have lost something of it.
    public boolean hasLost() {
        return withdrawn != null && withdrawn.lost();
    }

    /// The cluster does not know of it yet.
    boolean hidesLoss() {
        return hasLost() && withdrawn.counts();
    }

    public boolean isWithdrawn() {
        return withdrawn != null;
    }

    /// Whether it takes part again this very moment, with less than it had.
    boolean isReturning() {
        return isReturning;
    }

    /// Does something that the disk may refuse.
    void guarded(Runnable action) {
        try {
            action.run();
        } catch (DamagedLogException damaged) {
            damagedFrom = damaged.damage().fromOffset();
            withdraw(true);
        } catch (UncheckedIOException refusal) {
            withdraw(DiskTrouble.of(refusal) == DiskTrouble.FAILED);
        }
    }

    /// Returns whether something is damaged; then it makes way until that is mended.
    public boolean scrub() {
        if (isOpen && withdrawn == null) {
            guarded(() -> onDamage(log().scrub()));
        }
        return withdrawn != null;
    }

    /// It does not count, and another leads: that one sends again what is cut here.
    private void mend() {
        long start = log().logStartOffset();
        boolean isBelow = damagedFrom < start; // And would stay there.
        long from = Math.max(damagedFrom, start);
        damagedFrom = SimLog.NOTHING;
        try {
            if (isBelow) {
                log().startFreshAt(start);
            } else {
                log().truncateTo(from);
            }
        } catch (DamagedLogException unreadable) {
            cluster.timeline().note(15, node.id(), partition, from, unreadable::getMessage);
            log().startFreshAt(start);
        }
    }

    /// As production has it: the node plays no part in the partition any more, has the cluster go
    /// on without it, and tries again after a while.
    private void withdraw(boolean lost) {
        cluster.timeline()
                .note(
                        13,
                        node.id(),
                        partition,
                        lost ? 1 : 0,
                        () -> "node %d gives %d up".formatted(node.id(), partition));
        if (leading != null || following != null) {
            endLeading();
            endFollowing();
        }
        flushing = false;
        isOpen = false;
        boolean hasLost = lost || hasLost();
        withdrawn = new Withdrawal(this, cluster, hasLost, node.nowMs() + luck.between(50, 500));
        node.store().abandon(partition);
        cluster.oracle().onStart(this);
        withdrawn.tick();
    }

    /// Everything is on the disk now, or the disk has refused. Returns false where a flush is still
    /// under way.
    public boolean flushNow() {
        boolean may = isOpen && !flushing && withdrawn == null;
        if (may) {
            guarded(() -> log().flush());
        }
        return may;
    }

    private void tryAgain() {
        isReturning = hasLost();
        withdrawn = null;
        guarded(() -> {
            log().onLossKnown();
            if (damagedFrom != SimLog.NOTHING) {
                mend();
            }
            follow(node.image());
        });
        isReturning = false;
    }

    /// Takes the role that the metadata gives.
    void follow(ClusterImage metadata) {
        guarded(() -> obey(metadata));
    }

    private void obey(ClusterImage metadata) {
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
        if (withdrawn != null) {
            return;
        }
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
        withdrawn = null;
        damagedFrom = SimLog.NOTHING;
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
        guarded(this::tick);
    }

    private void tick() {
        if (withdrawn != null) {
            withdrawn.tick();
            if (withdrawn.mayEnd()) {
                tryAgain();
            }
            return;
        }
        if (!isOpen) {
            return;
        }
        if (leading != null) {
            leading.step(LeaderEvent.Tick.EVENT);
        }
        if (following != null) {
            following.onTick();
        }
        if (cluster.mix().has(Fault.BIT_ROT) && cluster.mix().scrubs() && luck.chance(0.03)) {
            scrub();
            return;
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
        boolean isBadMoment = luck.chance(node.hasSlowDisk() ? 0.9 : 0.1);
        long ms = isBadMoment ? luck.between(20, node.hasSlowDisk() ? 1500 : 500) : luck.below(8);
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
                                guarded(action);
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
    public void produce(long record, boolean acksAll, ProduceReply reply) {
        if (leading == null) {
            reply.done(false, -1);
        } else {
            guarded(() -> leading.produce(record, acksAll, reply));
        }
    }

    public void deleteRecords() {
        if (leading != null) {
            guarded(() -> leading.deleteRecords());
        }
    }

    void onOpen(SimStream stream, int handle, OpenRequest open) {
        if (leading == null || !open.topicId().equals(topicId)) {
            int epoch = image == null ? -1 : image.leaderEpoch();
            stream.toFollower.send(() -> stream.follower.onRefused(stream, handle, epoch));
        } else {
            guarded(() -> leading.onOpen(stream, handle, open));
        }
    }

    void onAck(SimStream stream, int handle, long logEndOffset) {
        if (leading != null) {
            guarded(() -> leading.onAck(stream, handle, logEndOffset));
        }
    }

    void onDoubted(SimStream stream, int handle, long offset) {
        if (leading != null) {
            guarded(() -> {
                if (leading.mayLookAgain(stream, handle)) {
                    onDamage(log().damageNear(offset));
                }
            });
        }
    }

    private void onDamage(long fromOffset) {
        if (fromOffset != SimLog.NOTHING) {
            damagedFrom = fromOffset;
            withdraw(true);
        }
    }

    void onFollowerGone(SimStream stream) {
        if (leading != null) {
            guarded(() -> leading.onGone(stream));
        }
    }

    void onStreamBroken(SimStream stream) {
        if (following != null) {
            guarded(() -> following.onBroken(stream));
        }
    }

    void onAccepted(SimStream stream, int handle, long fromOffset) {
        if (following != null) {
            guarded(() -> following.onAccepted(stream, handle, fromOffset));
        }
    }

    void onDiverged(SimStream stream, int handle, int epoch, long endOffset) {
        if (following != null) {
            guarded(() -> following.onDiverged(stream, handle, epoch, endOffset));
        }
    }

    void onRefused(SimStream stream, int handle, int leaderEpoch) {
        if (following != null) {
            guarded(() -> following.onRefused(stream, handle, leaderEpoch));
        }
    }

    void onNews(SimStream stream, int handle, News news) {
        if (following != null) {
            guarded(() -> following.onNews(stream, handle, news));
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
    public interface ProduceReply {
        void done(boolean acknowledged, long offset);
    }
}
