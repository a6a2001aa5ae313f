package io.moldau.chaos.sim.cluster;

import io.moldau.broker.replication.LeaderEffect;
import io.moldau.broker.replication.LeaderEvent;
import io.moldau.broker.replication.LeaderReplica;
import io.moldau.chaos.sim.cluster.SimReplica.News;
import io.moldau.chaos.sim.cluster.SimReplica.OpenRequest;
import io.moldau.chaos.sim.cluster.SimReplica.ProduceReply;
import io.moldau.chaos.sim.disk.SimLog;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.env.DiskTrouble;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.Outcome;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Does what a leader's core wants done.
final class LeaderShell {
    private static final int RECORDS_MAX = 20;
    private static final long LOOKED_AGAIN_MS = 1_000;

    private record Waiting(long offset, ProduceReply reply) {}

    private final SimReplica replica;
    private final SimNode node;
    private final SimCluster cluster;
    private final Luck luck;
    private final LeaderReplica core;
    private final SimLog log;
    private final Map<Integer, Cursor> cursors = new LinkedHashMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long lastSession;
    private long lookedAtMs;
    private boolean ended;

    LeaderShell(SimReplica replica, SimCluster cluster, Luck luck) {
        this.replica = replica;
        this.node = replica.node();
        this.cluster = cluster;
        this.luck = luck;
        log = replica.log();
        lookedAtMs = node.nowMs() - LOOKED_AGAIN_MS;
        core =
                cluster.rules()
                        .leader(
                                node.id(),
                                replica.image(),
                                log,
                                cluster.mix().settings(),
                                node.nowMs());
    }

    LeaderReplica core() {
        return core;
    }

    void onMetadata() {
        step(
                new LeaderEvent.MetadataChanged(
                        replica.image(), node.epochs(), node.minIsr(replica.partition())));
    }

    void end() {
        ended = true;
        cursors.values().forEach(cursor -> cursor.stream.breakIn(luck.below(50), 0));
        waiting.forEach(waiter -> waiter.reply().done(false, -1));
        waiting.clear();
    }

    void produce(long record, boolean acksAll, ProduceReply reply) {
        if (ended || (acksAll && !core.canCommit())) {
            reply.done(false, -1);
            return;
        }
        long offset = append(record);
        if (offset < 0) {
            reply.done(false, offset);
            return;
        }
        boolean committed = offset < core.highWatermark();
        if (!acksAll || committed || cluster.rules().answersBeforeCommit()) {
            reply.done(acksAll, offset);
        } else {
            waiting.add(new Waiting(offset, reply));
        }
    }

    private long append(long record) {
        long end = log.logEndOffset();
        long offset = appended(record);
        if (offset != end) {
            return offset; // Known, or refused.
        }
        cluster.timeline()
                .note(
                        5,
                        node.id(),
                        offset,
                        record,
                        () ->
                                "node %d appends %x to %d at %d"
                                        .formatted(node.id(), record, replica.partition(), offset));
        replica.onAppended();
        step(LeaderEvent.Appended.EVENT);
        cursors.values().forEach(this::push);
        return offset;
    }

    /// Where only room is missing, the log is as it was and goes on.
    private long appended(long record) {
        try {
            return log.append(record, core.leaderEpoch());
        } catch (UncheckedIOException refusal) {
            if (DiskTrouble.of(refusal) == DiskTrouble.FAILED) {
                throw refusal;
            }
            return -1;
        }
    }

    void deleteRecords() {
        if (core.highWatermark() > log.logStartOffset()) {
            long offset = luck.between(log.logStartOffset(), core.highWatermark());
            cluster.oracle().onDeletion(replica, offset);
            log.advanceLogStart(offset);
            cursors.values().forEach(this::tellSoon);
        }
    }

    void onOpen(SimStream stream, int handle, OpenRequest open) {
        int follower = stream.follower.node().id();
        var known = cursors.get(follower);
        if (known != null && known.stream.number > stream.number) {
            return; // The follower has a newer stream: this one is over, and does not know it yet.
        }
        var cursor = new Cursor(stream, handle, ++lastSession);
        cursors.put(follower, cursor);
        step(
                new LeaderEvent.FollowerOpened(
                        follower,
                        stream.followerEpoch,
                        cursor.session,
                        open.leaderEpoch(),
                        open.fetchOffset(),
                        open.lastFetchedEpoch()));
    }

    void onAck(SimStream stream, int handle, long logEndOffset) {
        int follower = stream.follower.node().id();
        var cursor = cursors.get(follower);
        boolean isLast = cursor != null && cursor.stream == stream && cursor.handle == handle;
        if (isLast || cluster.rules().mixesUpOpenings()) {
            long session = cursor == null ? -1 : cursor.session;
            step(new LeaderEvent.Acknowledged(follower, session, logEndOffset));
        }
    }

    /// Whether it is this follower's turn to have the records looked at.
    boolean mayLookAgain(SimStream stream, int handle) {
        var cursor = cursors.get(stream.follower.node().id());
        long nowMs = node.nowMs();
        boolean isLast = cursor != null && cursor.stream == stream && cursor.handle == handle;
        boolean may = isLast && nowMs - lookedAtMs >= LOOKED_AGAIN_MS;
        if (may) {
            lookedAtMs = nowMs;
        }
        return may;
    }

    void onGone(SimStream stream) {
        int follower = stream.follower.node().id();
        var cursor = cursors.get(follower);
        if (cursor != null && cursor.stream == stream) {
            cursors.remove(follower);
            step(new LeaderEvent.FollowerLost(follower, cursor.session));
        }
    }

    void step(LeaderEvent event) {
        if (ended) {
            return; // The answer to a question of a former reign.
        }
        var effects = core.step(event, node.nowMs());
        for (int i = 0; i < effects.size(); i++) {
            carryOut(effects.get(i));
        }
        if (core.isOver()) {
            end();
        }
    }

    private void carryOut(LeaderEffect effect) {
        switch (effect) {
            case LeaderEffect.Accept(var follower, var session, var from) -> {
                var cursor = cursor(follower, session);
                var stream = cursor.stream;
                cursor.nextOffset = from;
                stream.toFollower.send(
                        () -> stream.follower.onAccepted(stream, cursor.handle, from));
                push(cursor);
            }
            case LeaderEffect.Truncate(var follower, var session, var epoch, var end) -> {
                var cursor = cursor(follower, session);
                var stream = cursor.stream;
                stream.toFollower.send(
                        () -> stream.follower.onDiverged(stream, cursor.handle, epoch, end));
            }
            case LeaderEffect.Refuse(var follower, var session, _, var epoch) -> {
                var cursor = cursor(follower, session);
                if (cursor != null) {
                    var stream = cursor.stream;
                    cursor.nextOffset = Cursor.NOTHING;
                    stream.toFollower.send(
                            () -> stream.follower.onRefused(stream, cursor.handle, epoch));
                }
            }
            case LeaderEffect.HighWatermark(var offset) -> commit(offset);
            case LeaderEffect.ProposeIsr proposal -> propose(proposal);
        }
    }

    private Cursor cursor(int follower, long session) {
        var cursor = cursors.get(follower);
        return cursor != null && cursor.session == session ? cursor : null;
    }

    private void commit(long offset) {
        log.noteHighWatermark(offset);
        cluster.oracle().onCommitted(replica, offset);
        while (!waiting.isEmpty() && waiting.peek().offset() < offset) {
            var waiter = waiting.poll();
            waiter.reply().done(true, waiter.offset());
        }
        // A retry waits out of turn, for a record from before.
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            var waiter = each.next();
            if (waiter.offset() < offset) {
                each.remove();
                waiter.reply().done(true, waiter.offset());
            }
        }
        cursors.values().forEach(this::tellSoon);
    }

    private void propose(LeaderEffect.ProposeIsr proposal) {
        var command =
                new ChangeIsr(
                        replica.topicId(),
                        cluster.numberOf(replica.partition()),
                        proposal.leaderEpoch(),
                        proposal.partitionEpoch(),
                        proposal.isr());
        cluster.metadata()
                .submit(
                        node,
                        command,
                        outcome ->
                                replica.guarded(() ->
                                        step(
                                                new LeaderEvent.IsrDecided(
                                                        proposal.proposalId(),
                                                        outcome instanceof Outcome.Accepted))));
    }

    private void tellSoon(Cursor cursor) {
        if (!cursor.newsScheduled) {
            cursor.newsScheduled = true;
            long life = node.life();
            cluster.timeline()
                    .in(
                            luck.below(6),
                            () -> {
                                cursor.newsScheduled = false;
                                node.deliver(life, () -> replica.guarded(() -> push(cursor)));
                            });
        }
    }

    /// Sends what the follower does not have yet, or only the news if it has all.
    private void push(Cursor cursor) {
        if (cursor.nextOffset < 0
                || ended
                || cursors.get(cursor.stream.follower.node().id()) != cursor) {
            return;
        }
        long start = log.logStartOffset();
        if (cursor.nextOffset < start) {
            // It was too slow, and what it needs next is gone: it has to open again.
            cursor.stream.breakIn(luck.below(10), 0);
            return;
        }
        boolean isNews =
                cursor.highWatermarkSent != core.highWatermark() || cursor.logStartSent != start;
        while (isNews || cursor.nextOffset < log.logEndOffset()) {
            isNews = false;
            var records = log.read(cursor.nextOffset, 1 + luck.below(RECORDS_MAX));
            send(cursor, records);
        }
    }

    private void send(Cursor cursor, ByteBuffer records) {
        cursor.nextOffset += log.count(records);
        cursor.highWatermarkSent = core.highWatermark();
        cursor.logStartSent = log.logStartOffset();
        var news =
                new News(
                        core.leaderEpoch(),
                        core.highWatermark(),
                        log.logStartOffset(),
                        log.logEndOffset(),
                        records);
        var stream = cursor.stream;
        stream.toFollower.send(() -> stream.follower.onNews(stream, cursor.handle, news));
    }
}
