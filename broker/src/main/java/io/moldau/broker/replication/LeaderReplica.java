package io.moldau.broker.replication;

import io.moldau.broker.replication.LeaderEffect.Accept;
import io.moldau.broker.replication.LeaderEffect.HighWatermark;
import io.moldau.broker.replication.LeaderEffect.ProposeIsr;
import io.moldau.broker.replication.LeaderEffect.Refuse;
import io.moldau.broker.replication.LeaderEffect.Truncate;
import io.moldau.broker.replication.LeaderEvent.Acknowledged;
import io.moldau.broker.replication.LeaderEvent.Appended;
import io.moldau.broker.replication.LeaderEvent.FollowerLost;
import io.moldau.broker.replication.LeaderEvent.FollowerOpened;
import io.moldau.broker.replication.LeaderEvent.IsrDecided;
import io.moldau.broker.replication.LeaderEvent.MetadataChanged;
import io.moldau.broker.replication.LeaderEvent.Tick;
import io.moldau.log.EpochEnd;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// One reign: the leader of a partition in one leader epoch.
///
/// Records are committed, and the high watermark passes them, once every replica has them that is
/// in the ISR or may be by now. While fewer than `min.insync.replicas` are in the ISR nothing is
/// committed.
///
/// Before it begins, the log must know the epoch: [io.moldau.log.PartitionLog#startEpoch]. Its
/// first event is [MetadataChanged], which tells what the nodes are. With the next leader epoch it
/// is over, whoever leads then; another object takes its place.
///
/// Source: KIP-101, KIP-279 and KIP-320 for epochs, KIP-966 for `min.insync.replicas`.
public class LeaderReplica {
    private static final List<LeaderEffect> NOTHING = List.of();

    final ReplicaLog log;
    private final int nodeId;
    private final int leaderEpoch;
    private final long epochStartOffset;
    private final ReplicationSettings settings;
    private final long sinceMs;
    private final IsrKeeper isr;

    private FollowerProgress[] followers = {};
    private long highWatermark;
    private long lastEndOffset;
    private boolean over;

    public LeaderReplica(
            int nodeId,
            PartitionImage image,
            ReplicaLog log,
            ReplicationSettings settings,
            long nowMs) {
        if (log.latestEpoch() != image.leaderEpoch()) {
            throw new IllegalStateException(
                    "the log's epoch is %d in leader epoch %d"
                            .formatted(log.latestEpoch(), image.leaderEpoch()));
        }
        this.nodeId = nodeId;
        this.log = log;
        this.settings = settings;
        this.sinceMs = nowMs;
        leaderEpoch = image.leaderEpoch();
        epochStartOffset = Math.max(0, log.endOffsetFor(leaderEpoch - 1).endOffset());
        highWatermark = log.highWatermark();
        lastEndOffset = log.logEndOffset();
        isr = new IsrKeeper(nodeId, settings, image);
        followers = followersOf(image, new ArrayList<>());
    }

    /// Takes one step. The caller carries out the effects in their order.
    public List<LeaderEffect> step(LeaderEvent event, long nowMs) {
        if (over) {
            return event instanceof FollowerOpened opened
                    ? List.of(refused(opened, Errors.NOT_LEADER_OR_FOLLOWER))
                    : NOTHING;
        }
        return switch (event) {
            case Appended() -> onAppended(nowMs);
            case Acknowledged acknowledged -> onAcknowledged(acknowledged, nowMs);
            case FollowerOpened opened -> onOpened(opened, nowMs);
            case FollowerLost(var node, var session) -> onLost(node, session);
            case MetadataChanged changed -> onMetadata(changed, nowMs);
            case IsrDecided(var id, var accepted) -> onDecided(id, accepted, nowMs);
            case Tick() -> moved(proposal(nowMs));
        };
    }

    private List<LeaderEffect> onAppended(long nowMs) {
        for (var follower : followers) {
            follower.onLeaderAppended(lastEndOffset, nowMs);
        }
        lastEndOffset = log.logEndOffset();
        return moved(null);
    }

    private List<LeaderEffect> onAcknowledged(Acknowledged event, long nowMs) {
        var follower = follower(event.node());
        if (follower == null || !isCurrent(follower, event.session())) {
            return NOTHING;
        }
        long end = log.logEndOffset();
        follower.onAcknowledged(Math.min(event.logEndOffset(), end), end, nowMs);
        return moved(follower.maybeInIsr() ? null : proposal(nowMs));
    }

    /// Answers of an earlier opening say nothing about this one.
    boolean isCurrent(FollowerProgress follower, long session) {
        return follower.isAccepted(session);
    }

    private List<LeaderEffect> onOpened(FollowerOpened event, long nowMs) {
        if (!isOfThisReign(event)) {
            return List.of(
                    refused(
                            event,
                            event.leaderEpoch() < leaderEpoch
                                    ? Errors.FENCED_LEADER_EPOCH
                                    : Errors.UNKNOWN_LEADER_EPOCH));
        }
        var follower = follower(event.node());
        if (follower == null) {
            return List.of(refused(event, Errors.REPLICA_NOT_AVAILABLE));
        }
        if (event.nodeEpoch() < follower.nodeEpoch() || isr.isStale(event)) {
            return List.of(refused(event, Errors.STALE_BROKER_EPOCH));
        }
        follower.onOpened(event.nodeEpoch(), event.session());
        var divergence =
                divergence(
                        event.fetchOffset(),
                        event.lastFetchedEpoch(),
                        follower.maybeInIsr() || isr.isInElr(event.node()));
        if (divergence != null) {
            return List.of(
                    new Truncate(
                            event.node(),
                            event.session(),
                            divergence.epoch(),
                            divergence.endOffset()));
        }
        long from = Math.max(event.fetchOffset(), log.logStartOffset());
        follower.onAccepted(from);
        var accept = new Accept(event.node(), event.session(), from);
        return moved(accept, follower.hasLost(highWatermark) ? proposal(nowMs) : null);
    }

    boolean isOfThisReign(FollowerOpened event) {
        return event.leaderEpoch() == leaderEpoch;
    }

    /// Where the follower's log leaves this one, as far as its last epoch tells; null when it is a
    /// part of this one.
    ///
    /// Where deletion has left nothing of that epoch here, there is nothing to compare with: the
    /// follower may have records of a reign that came to nothing, behind the log start or below it,
    /// and knows their producers. It starts afresh; one that had only what was here loses nothing
    /// but its producers by it.
    ///
    /// Not so one that may be elected. What it has below the log start was committed, so it is none
    /// of another reign's, and elected it must know the producers of that.
    ///
    /// @param mayBeElected whether the follower is in the ISR or the ELR, or perhaps by now
    EpochEnd divergence(long fetchOffset, int lastFetchedEpoch, boolean mayBeElected) {
        long end = log.logEndOffset();
        long start = log.logStartOffset();
        if (fetchOffset < start) {
            return null; // Whatever it has, it starts afresh.
        }
        if (lastFetchedEpoch < 0) {
            return fetchOffset > end ? new EpochEnd(log.latestEpoch(), end) : null;
        }
        var here = log.endOffsetFor(lastFetchedEpoch);
        if (here.endOffset() < 0) {
            return new EpochEnd(log.latestEpoch(), end);
        }
        boolean comparable = here.endOffset() > start || lastFetchedEpoch == log.latestEpoch();
        if (start > 0 && !comparable && !mayBeElected) {
            return new EpochEnd(-1, start);
        }
        return here.epoch() < lastFetchedEpoch || here.endOffset() < fetchOffset ? here : null;
    }

    private Refuse refused(FollowerOpened event, Errors why) {
        return new Refuse(event.node(), event.session(), why, leaderEpoch);
    }

    private List<LeaderEffect> onLost(int node, long session) {
        var follower = follower(node);
        if (follower != null && follower.session() == session) {
            follower.onLost();
        }
        return NOTHING;
    }

    private List<LeaderEffect> onMetadata(MetadataChanged event, long nowMs) {
        var image = event.image();
        if (image.leaderEpoch() < leaderEpoch) {
            return NOTHING;
        }
        if (image.leaderEpoch() > leaderEpoch || image.leader() != nodeId) {
            over = true;
            return NOTHING;
        }
        var effects = new ArrayList<LeaderEffect>(2);
        isr.nodes(event.nodes(), event.minIsr());
        if (isr.onImage(image)) {
            followers = followersOf(image, effects);
        }
        addMoves(effects, proposal(nowMs));
        return effects;
    }

    /// Those who were there keep what is known of them; those who are no replicas any more are told
    /// so.
    private FollowerProgress[] followersOf(PartitionImage image, List<LeaderEffect> effects) {
        var present = new ArrayList<FollowerProgress>();
        for (int node : image.replicas()) {
            if (node != nodeId) {
                var known = follower(node);
                boolean isMember = image.isr().contains(node);
                var follower = known != null ? known : newFollower(node, isMember);
                follower.onMembership(isMember);
                present.add(follower);
            }
        }
        for (var follower : followers) {
            if (!present.contains(follower) && follower.session() != FollowerProgress.NO_SESSION) {
                effects.add(
                        new Refuse(
                                follower.node,
                                follower.session(),
                                Errors.REPLICA_NOT_AVAILABLE,
                                leaderEpoch));
            }
        }
        return present.toArray(FollowerProgress[]::new);
    }

    /// Who is in sync when a reign begins is given time to come.
    private FollowerProgress newFollower(int node, boolean isMember) {
        return new FollowerProgress(
                node, isMember ? sinceMs : sinceMs - settings.lagTimeMaxMs() - 1);
    }

    private List<LeaderEffect> onDecided(long proposalId, boolean accepted, long nowMs) {
        isr.onDecided(proposalId, accepted, nowMs);
        return moved(proposal(nowMs));
    }

    private ProposeIsr proposal(long nowMs) {
        return isr.proposal(this, followers, nowMs);
    }

    boolean staysInSync(FollowerProgress follower, long nowMs) {
        return !follower.hasLost(highWatermark) && keepsUp(follower, nowMs);
    }

    boolean keepsUp(FollowerProgress follower, long nowMs) {
        return !follower.isBehindSince(log.logEndOffset(), settings.lagTimeMaxMs(), nowMs);
    }

    /// What a process acknowledged, the next one on that node may have lost (KIP-903).
    boolean isInThatLife(FollowerProgress follower, long nodeEpoch) {
        return follower.nodeEpoch() == nodeEpoch;
    }

    /// It has all that is committed. That includes what earlier leaders had committed, which this
    /// one may not know of yet; but it is all below the beginning of this reign.
    boolean mayJoin(FollowerProgress follower) {
        return follower.isAccepted()
                && follower.logEndOffset() >= highWatermark
                && follower.logEndOffset() >= epochStartOffset;
    }

    private List<LeaderEffect> moved(ProposeIsr proposal) {
        boolean raised = raise();
        if (!raised) {
            return proposal == null ? NOTHING : List.of(proposal);
        }
        var watermark = new HighWatermark(highWatermark);
        return proposal == null ? List.of(watermark) : List.of(proposal, watermark);
    }

    private List<LeaderEffect> moved(Accept accept, ProposeIsr proposal) {
        var effects = new ArrayList<LeaderEffect>(3);
        effects.add(accept);
        addMoves(effects, proposal);
        return effects;
    }

    private void addMoves(List<LeaderEffect> effects, ProposeIsr proposal) {
        if (proposal != null) {
            effects.add(proposal);
        }
        if (raise()) {
            effects.add(new HighWatermark(highWatermark));
        }
    }

    private boolean raise() {
        long committed = committedOffset();
        if (committed <= highWatermark) {
            return false;
        }
        highWatermark = committed;
        return true;
    }

    /// What every replica has that may be elected if this one goes.
    private long committedOffset() {
        if (!hasEnoughInSync()) {
            return highWatermark;
        }
        long least = log.promisedEndOffset();
        for (var follower : followers) {
            if (mustHave(follower)) {
                least = Math.min(least, follower.logEndOffset());
            }
        }
        return least;
    }

    /// Below `min.insync.replicas` a record could be committed that those who left last, and may
    /// still be elected, do not have.
    boolean hasEnoughInSync() {
        return isr.hasEnough();
    }

    boolean mustHave(FollowerProgress follower) {
        return follower.maybeInIsr();
    }

    private FollowerProgress follower(int node) {
        for (var follower : followers) {
            if (follower.node == node) {
                return follower;
            }
        }
        return null;
    }

    public long highWatermark() {
        return highWatermark;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /// Where the log ended when the reign began.
    public long epochStartOffset() {
        return epochStartOffset;
    }

    /// True once the metadata has named another leader or epoch.
    public boolean isOver() {
        return over;
    }

    /// Whether enough replicas are in sync for `acks=all`.
    public boolean canCommit() {
        return isr.hasEnough();
    }
}
