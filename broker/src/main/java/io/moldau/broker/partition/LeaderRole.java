package io.moldau.broker.partition;

import io.moldau.broker.replication.LeaderEffect;
import io.moldau.broker.replication.LeaderEvent;
import io.moldau.broker.replication.LeaderReplica;
import io.moldau.broker.replication.stream.Cursor;
import io.moldau.broker.replication.stream.FrameDraft;
import io.moldau.log.PartitionLog;
import io.moldau.log.WholeBatches;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// This node leads a partition that others keep, too: one reign. Carries out what [LeaderReplica]
/// says.
final class LeaderRole implements Role {
    private static final Logger LOGGER = LoggerFactory.getLogger(LeaderRole.class);

    private static final long DOUBTED_AGAIN_MS = 1_000;
    private static final int DOUBTED_BYTES = 256 * 1024;

    private final Partition partition;
    private final LeaderReplica core;
    private final List<Cursor> followers = new ArrayList<>(4);
    private long doubtedAtMs;
    private boolean bounded;
    private boolean ended;

    /// The log is open, and the epoch begins in it here.
    ///
    /// @throws org.apache.kafka.common.errors.KafkaStorageException there is no log to lead with
    LeaderRole(Partition partition, PartitionImage image) {
        this.partition = partition;
        var log = partition.keeper().log();
        log.startEpoch(image.leaderEpoch());
        log.noteHighWatermark(partition.highWatermark());
        this.core =
                new LeaderReplica(
                        partition.nodeId(),
                        image,
                        partition.replicaLog(),
                        partition.peers().settings(),
                        partition.nowMs());
        this.doubtedAtMs = partition.nowMs() - DOUBTED_AGAIN_MS;
    }

    @Override
    public int leaderEpoch() {
        return core.leaderEpoch();
    }

    @Override
    public boolean leads() {
        return true;
    }

    /// Consumers are told nothing about where the log ends before all that earlier leaders
    /// committed is known to be committed (KIP-207).
    boolean knowsItsHighWatermark() {
        return core.highWatermark() >= core.epochStartOffset();
    }

    @Override
    public void onPromised() {
        run(LeaderEvent.Appended.EVENT);
        push();
    }

    /// Whoever has not got all of the log gets a frame soon.
    private void push() {
        long end = partition.keeper().log().logEndOffset();
        for (int i = 0; i < followers.size(); i++) {
            var follower = followers.get(i);
            if (follower.isAccepted() && follower.nextOffset() < end) {
                follower.ready();
            }
        }
    }

    @Override
    public void begin(PartitionView view) {
        LOGGER.atDebug()
                .addKeyValue("partition", partition)
                .addKeyValue("leaderEpoch", leaderEpoch())
                .addKeyValue("startOffset", core.epochStartOffset())
                .log("leading");
        onMetadata(view);
    }

    @Override
    public void onMetadata(PartitionView view) {
        bounded =
                partition
                        .peers()
                        .quotas()
                        .boundsLeader(
                                partition.name().topic(),
                                partition.name().partition(),
                                partition.nodeId());
        run(new LeaderEvent.MetadataChanged(view.image(), view.nodes(), view.minIsr()));
        if (view.image().isr().size() < view.minIsr()) {
            partition.refuseUncommitted();
        }
        partition.deletions().onFollowers();
    }

    @Override
    public void tick() {
        run(LeaderEvent.Tick.EVENT);
    }

    void onOpened(Cursor follower, int leaderEpoch, long fetchOffset, int lastFetchedEpoch) {
        followers.removeIf(other -> other.nodeId() == follower.nodeId());
        followers.add(follower);
        run(
                new LeaderEvent.FollowerOpened(
                        follower.nodeId(),
                        follower.nodeEpoch(),
                        follower.session(),
                        leaderEpoch,
                        fetchOffset,
                        lastFetchedEpoch));
    }

    void onAcknowledged(Cursor follower, long logEndOffset) {
        run(new LeaderEvent.Acknowledged(follower.nodeId(), follower.session(), logEndOffset));
        partition.deletions().onFollowers();
    }

    /// A follower cannot make sense of what it was sent for `offset`: nobody looks at checksums
    /// when records are read to be sent. Looks once a second at most, for a follower whose own
    /// memory fails may ask for ever.
    void onDoubted(Cursor follower, long offset) {
        long nowMs = partition.nowMs();
        var known = partition.keeper().damage();
        boolean isKnown = known != null && known.fromOffset() <= offset;
        if (isKnown || nowMs - doubtedAtMs < DOUBTED_AGAIN_MS) {
            return;
        }
        doubtedAtMs = nowMs;
        var damage = partition.keeper().log().damageNear(offset, DOUBTED_BYTES);
        if (damage != null) {
            partition.keeper().onDamage(damage, false);
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("follower", follower.nodeId())
                .addKeyValue("offset", offset)
                .log("records that a follower refuses are whole here");
    }

    /// Below it no replica in sync has records any more; -1 while some of them has not said.
    long lowWatermark() {
        long least = partition.logStartOffset();
        for (int node : partition.leadership().isr()) {
            if (node != partition.nodeId()) {
                least = Math.min(least, logStartOf(node));
            }
        }
        return least;
    }

    private long logStartOf(int node) {
        for (var follower : followers) {
            if (follower.nodeId() == node) {
                return follower.logStartOffset();
            }
        }
        return -1;
    }

    void onLost(Cursor follower) {
        followers.remove(follower);
        run(new LeaderEvent.FollowerLost(follower.nodeId(), follower.session()));
    }

    /// The log start was moved up: the followers follow.
    void onLogStart() {
        followers.forEach(Cursor::readySoon);
    }

    private void run(LeaderEvent event) {
        for (var effect : core.step(event, partition.nowMs())) {
            carryOut(effect);
        }
    }

    private void carryOut(LeaderEffect effect) {
        switch (effect) {
            case LeaderEffect.Accept(var node, var session, var fromOffset) -> {
                var follower = follower(node, session);
                if (follower != null) {
                    follower.accept(fromOffset);
                }
            }
            case LeaderEffect.Truncate(var node, var session, var epoch, var endOffset) -> {
                var follower = follower(node, session);
                if (follower != null) {
                    follower.diverge(epoch, endOffset);
                }
            }
            case LeaderEffect.Refuse(var node, var session, var why, var epoch) -> {
                var follower = follower(node, session);
                if (follower != null) {
                    follower.refuse(why, epoch);
                }
            }
            case LeaderEffect.HighWatermark(var offset) -> {
                partition.keeper().log().noteHighWatermark(offset);
                partition.raiseHighWatermark(offset);
                followers.forEach(Cursor::readySoon);
            }
            case LeaderEffect.ProposeIsr proposal -> propose(proposal);
        }
    }

    private Cursor follower(int node, long session) {
        for (var follower : followers) {
            if (follower.nodeId() == node && follower.session() == session) {
                return follower;
            }
        }
        return null;
    }

    private void propose(LeaderEffect.ProposeIsr proposal) {
        // Who joins is good news, and comes for thousands of partitions at a time.
        boolean shrinks = proposal.isr().size() < partition.leadership().isr().size();
        LOGGER.atLevel(shrinks ? Level.INFO : Level.DEBUG)
                .addKeyValue("partition", partition)
                .addKeyValue("leaderEpoch", proposal.leaderEpoch())
                .addKeyValue("isr", proposal.isr())
                .log("in-sync replicas proposed");
        var command =
                new ChangeIsr(
                        partition.topicId(),
                        partition.name().partition(),
                        proposal.leaderEpoch(),
                        proposal.partitionEpoch(),
                        proposal.isr());
        long id = proposal.proposalId();
        var _ =
                partition
                        .peers()
                        .changeIsr(command)
                        .whenComplete((outcome, failure) ->
                                partition.shard().offer(() -> onDecided(id, outcome, failure)));
    }

    /// The metadata that an accepted proposal changed is here before its outcome.
    private void onDecided(long proposalId, Outcome outcome, Throwable failure) {
        boolean accepted = failure == null && outcome instanceof Outcome.Accepted;
        if (ended) {
            return;
        }
        if (!accepted) {
            LOGGER.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("outcome", failure == null ? outcome : failure.getMessage())
                    .log("in-sync replicas not changed");
            partition.roles().tickSoon();
        }
        partition.guarded(() -> run(new LeaderEvent.IsrDecided(proposalId, accepted)));
    }

    /// See [io.moldau.broker.replication.stream.LedPartition#fill].
    void fill(Cursor follower, FrameDraft frame) {
        var log = partition.keeper().log();
        long end = log.logEndOffset();
        long start = log.logStartOffset();
        if (follower.isAccepted() && follower.nextOffset() < start) {
            // Retention was quicker than the follower, which starts afresh.
            follower.refuse(Errors.OFFSET_OUT_OF_RANGE, leaderEpoch());
        } else if (follower.isAccepted() && follower.nextOffset() < end && mayPass(follower)) {
            var batches = log.readWhole(follower.nextOffset(), bytesFor(follower, frame));
            if (batches != null) {
                fill(follower, frame, log, batches);
                return;
            }
        }
        if (follower.isNews(core.highWatermark(), start)) {
            frame.add(follower.news(leaderEpoch(), core.highWatermark(), start, end));
        }
    }

    private void fill(Cursor follower, FrameDraft frame, PartitionLog log, WholeBatches batches) {
        long from = follower.nextOffset();
        long end = log.logEndOffset();
        var news = follower.news(leaderEpoch(), core.highWatermark(), log.logStartOffset(), end);
        news.setRecordsFrom(from).setRecordsTo(batches.nextOffset());
        frame.add(news, batches, read -> log.checkRead(read, batches, from));
        follower.sentUpTo(batches.nextOffset());
        if (isBounded(follower)) {
            partition.peers().sendingRate().spend(batches.sizeBytes(), partition.nowNanos());
        }
        if (batches.nextOffset() < end) {
            follower.ready();
        }
    }

    private boolean isBounded(Cursor follower) {
        return bounded && !partition.leadership().isr().contains(follower.nodeId());
    }

    private int bytesFor(Cursor follower, FrameDraft frame) {
        int room = Math.max(1, frame.room());
        return isBounded(follower)
                ? Math.min(room, partition.peers().sendingRate().pieceBytes())
                : room;
    }

    /// Or later.
    private boolean mayPass(Cursor follower) {
        long delayMs =
                isBounded(follower)
                        ? partition.peers().sendingRate().delayMs(partition.nowNanos())
                        : 0;
        if (delayMs > 0) {
            partition.shard().schedule(delayMs, follower::ready);
        }
        return delayMs == 0;
    }

    @Override
    public void end() {
        ended = true;
        followers.forEach(follower ->
                follower.refuse(
                        Errors.NOT_LEADER_OR_FOLLOWER, partition.leadership().leaderEpoch()));
        followers.clear();
    }
}
