package io.moldau.chaos.sim.cluster;

import io.moldau.broker.replication.FollowerEffect;
import io.moldau.broker.replication.FollowerEvent;
import io.moldau.broker.replication.FollowerReplica;
import io.moldau.chaos.sim.cluster.SimReplica.News;
import io.moldau.chaos.sim.cluster.SimReplica.OpenRequest;
import io.moldau.chaos.sim.disk.SimLog;
import io.moldau.chaos.sim.disk.SimLog.Copied;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.env.DiskTrouble;
import io.moldau.metadata.PartitionImage;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Does what a follower's core wants done.
final class FollowerShell {
    private final SimReplica replica;
    private final SimNode node;
    private final SimCluster cluster;
    private final Luck luck;
    private final FollowerReplica core;
    private final SimLog log;
    private SimStream stream;
    private int leader = PartitionImage.NO_LEADER;
    private int lastHandle;
    private int dialling;

    FollowerShell(SimReplica replica, SimCluster cluster, Luck luck) {
        this.replica = replica;
        this.node = replica.node();
        this.cluster = cluster;
        this.luck = luck;
        log = replica.log();
        core =
                cluster.rules()
                        .follower(replica.image(), log, cluster.mix().settings(), node.nowMs());
    }

    FollowerReplica core() {
        return core;
    }

    void onMetadata(PartitionImage image) {
        if (image.leader() != leader) {
            leader = image.leader();
            breakStream();
            dialSoon(0);
        }
        step(new FollowerEvent.MetadataChanged(image));
    }

    void breakStream() {
        if (stream != null) {
            stream.breakIn(0, luck.below(300));
            stream = null;
        }
    }

    private void dialSoon(long delayMs) {
        int attempt = ++dialling;
        long life = node.life();
        cluster.timeline()
                .in(delayMs, () -> node.deliver(life, () -> replica.guarded(() -> dial(attempt))));
    }

    @SuppressWarnings("ReferenceEquality") // A role that has ended dials no more.
    private void dial(int attempt) {
        if (attempt != dialling || stream != null || leader < 0 || replica.follower() != core) {
            return;
        }
        var target = cluster.node(leader);
        boolean reachable =
                target.isAlive()
                        && !cluster.network().isCut(node, target)
                        && !cluster.network().isCut(target, node);
        if (!reachable) {
            dialSoon(luck.between(10, 100));
            return;
        }
        stream = cluster.open(replica, target.replica(replica.partition()));
        step(new FollowerEvent.Connected(stream.number));
    }

    void onBroken(SimStream broken) {
        step(new FollowerEvent.Disconnected(broken.number));
        if (stream == broken) {
            stream = null;
            dialSoon(luck.between(1, 60));
        }
    }

    private boolean isLast(SimStream from, int handle) {
        return cluster.rules().mixesUpOpenings() || (from == stream && handle == lastHandle);
    }

    void onAccepted(SimStream from, int handle, long fromOffset) {
        if (isLast(from, handle)) {
            step(new FollowerEvent.Accepted(from.number, fromOffset));
        }
    }

    void onDiverged(SimStream from, int handle, int epoch, long endOffset) {
        if (isLast(from, handle)) {
            step(new FollowerEvent.Diverged(from.number, epoch, endOffset));
        }
    }

    void onRefused(SimStream from, int handle, int leaderEpoch) {
        if (isLast(from, handle)) {
            step(new FollowerEvent.Fenced(from.number, leaderEpoch));
        }
    }

    void onNews(SimStream from, int handle, News news) {
        if (isLast(from, handle)) {
            var records = news.records().duplicate();
            if (log.count(records) == 0) {
                records.position(records.limit());
            }
            step(
                    new FollowerEvent.Received(
                            from.number,
                            news.leaderEpoch(),
                            news.highWatermark(),
                            news.logStartOffset(),
                            news.logEndOffset(),
                            records));
        }
    }

    void onTick() {
        step(FollowerEvent.Tick.EVENT);
    }

    void onFlushed() {
        step(FollowerEvent.Appended.EVENT);
    }

    private void step(FollowerEvent event) {
        var effects = core.step(event, node.nowMs());
        for (int i = 0; i < effects.size(); i++) {
            carryOut(effects.get(i));
        }
    }

    private void carryOut(FollowerEffect effect) {
        switch (effect) {
            case FollowerEffect.Open(_, var epoch, var offset, var last) ->
                    open(epoch, offset, last);
            case FollowerEffect.Append(var records) -> append(records);
            case FollowerEffect.TruncateTo(var offset) -> {
                note("cuts to", offset);
                cluster.oracle().onTruncation(replica, offset);
                log.truncateTo(offset);
            }
            case FollowerEffect.StartFreshAt(var offset) -> {
                note("starts afresh at", offset);
                log.startFreshAt(offset);
            }
            case FollowerEffect.Acknowledge(_, var offset) -> acknowledge(offset);
            case FollowerEffect.HighWatermark(var offset) -> {
                boolean isClaim = offset > log.highWatermark(); // And not what a cut has left.
                log.noteHighWatermark(offset);
                if (isClaim) {
                    cluster.oracle().onCommitted(replica, offset);
                }
            }
            case FollowerEffect.LogStart(var offset) -> log.advanceLogStart(offset);
        }
    }

    private void note(String what, long offset) {
        cluster.timeline()
                .note(
                        6,
                        node.id(),
                        what.hashCode(),
                        offset,
                        () ->
                                "node %d %s %d in %d"
                                        .formatted(node.id(), what, offset, replica.partition()));
    }

    private void open(int epoch, long fetchOffset, int lastFetchedEpoch) {
        var to = stream;
        int handle = ++lastHandle;
        if (to != null) {
            note("opens at", fetchOffset);
            var open = new OpenRequest(replica.topicId(), epoch, fetchOffset, lastFetchedEpoch);
            to.toLeader.send(() -> to.leader.onOpen(to, handle, open));
        }
    }

    private void append(ByteBuffer records) {
        switch (appended(records)) {
            case TAKEN -> {
                replica.onAppended();
                step(FollowerEvent.Appended.EVENT);
            }
            case GAP -> {
                cluster.oracle().onGap(replica);
                if (stream != null) {
                    stream.breakIn(0, 0);
                }
            }
            case FLAWED -> {
                cluster.oracle().onGap(replica);
                replica.onAppended();
                doubt(log.logEndOffset());
            }
        }
    }

    /// Where only room is missing, it asks again later.
    private Copied appended(ByteBuffer records) {
        try {
            return log.appendCopy(records);
        } catch (UncheckedIOException refusal) {
            if (DiskTrouble.of(refusal) == DiskTrouble.FAILED) {
                throw refusal;
            }
            return Copied.GAP;
        }
    }

    /// Nothing more is taken that was asked for until now.
    private void doubt(long offset) {
        var to = stream;
        int handle = lastHandle++;
        if (to != null) {
            to.toLeader.send(() -> to.leader.onDoubted(to, handle, offset));
            step(new FollowerEvent.Fenced(to.number, core.leaderEpoch()));
        }
    }

    private void acknowledge(long logEndOffset) {
        var to = stream;
        int handle = lastHandle;
        if (to != null) {
            to.toLeader.send(() -> to.leader.onAck(to, handle, logEndOffset));
        }
    }
}
