package io.moldau.broker.replication;

import io.moldau.broker.replication.FollowerEffect.Acknowledge;
import io.moldau.broker.replication.FollowerEffect.Append;
import io.moldau.broker.replication.FollowerEffect.HighWatermark;
import io.moldau.broker.replication.FollowerEffect.LogStart;
import io.moldau.broker.replication.FollowerEffect.Open;
import io.moldau.broker.replication.FollowerEffect.StartFreshAt;
import io.moldau.broker.replication.FollowerEffect.TruncateTo;
import io.moldau.broker.replication.FollowerEvent.Accepted;
import io.moldau.broker.replication.FollowerEvent.Appended;
import io.moldau.broker.replication.FollowerEvent.Connected;
import io.moldau.broker.replication.FollowerEvent.Disconnected;
import io.moldau.broker.replication.FollowerEvent.Diverged;
import io.moldau.broker.replication.FollowerEvent.Fenced;
import io.moldau.broker.replication.FollowerEvent.MetadataChanged;
import io.moldau.broker.replication.FollowerEvent.Received;
import io.moldau.broker.replication.FollowerEvent.Tick;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;

/// A follower of one partition, under whatever leaders come.
///
/// It opens itself at the leader with the end of its log and the epoch of its last record. Where
/// that is no part of the leader's log, the leader tells how far its own last epoch in common goes;
/// the follower cuts there and opens again, until the leader accepts. It cuts nothing else, and
/// never because of a high watermark.
///
/// Source: KIP-101, KIP-279 and KIP-320.
public class FollowerReplica {
    private static final List<FollowerEffect> NOTHING = List.of();
    private static final long NO_SESSION = -1;

    private enum State {
        /// No stream.
        ALONE,
        /// Asked, and not answered.
        OPENING,
        /// Records come.
        FOLLOWING,
        /// Refused; to be tried again.
        REFUSED
    }

    final ReplicaLog log;
    private final ReplicationSettings settings;
    private int leader = PartitionImage.NO_LEADER;
    private int leaderEpoch;
    private State state = State.ALONE;
    private long session = NO_SESSION;
    private long stateSinceMs;

    private long leaderHighWatermark;
    private long leaderLogStart;
    private long leaderEndOffset = -1;
    private long acknowledged;
    private long highWatermark;

    public FollowerReplica(
            PartitionImage image, ReplicaLog log, ReplicationSettings settings, long nowMs) {
        this.log = log;
        this.settings = settings;
        this.leader = image.leader();
        this.leaderEpoch = image.leaderEpoch();
        this.stateSinceMs = nowMs;
        this.highWatermark = log.highWatermark();
    }

    /// Takes one step. The caller carries out the effects in their order.
    public List<FollowerEffect> step(FollowerEvent event, long nowMs) {
        return switch (event) {
            case Received received -> onReceived(received);
            case Appended() -> caughtUpTo(log.logEndOffset());
            case MetadataChanged(var image) -> onMetadata(image, nowMs);
            case Connected(var newSession) -> onConnected(newSession, nowMs);
            case Disconnected(var old) -> onDisconnected(old, nowMs);
            case Accepted(var in, var from) when isAnswer(in) -> onAccepted(from, nowMs);
            case Diverged diverged when isAnswer(diverged.session()) -> onDiverged(diverged, nowMs);
            case Accepted _, Diverged _ -> NOTHING;
            case Fenced(var in, _) -> onFenced(in, nowMs);
            case Tick() -> onTick(nowMs);
        };
    }

    private boolean isAnswer(long inSession) {
        return state == State.OPENING && isCurrent(inSession);
    }

    boolean isCurrent(long inSession) {
        return inSession == session;
    }

    private List<FollowerEffect> onMetadata(PartitionImage image, long nowMs) {
        if (image.leaderEpoch() <= leaderEpoch) {
            return state == State.REFUSED ? open(nowMs) : NOTHING;
        }
        leaderEpoch = image.leaderEpoch();
        if (image.leader() != leader) {
            leader = image.leader();
            to(State.ALONE, nowMs); // The stream goes to another node.
            session = NO_SESSION;
        }
        return session == NO_SESSION ? NOTHING : open(nowMs);
    }

    private List<FollowerEffect> onConnected(long newSession, long nowMs) {
        session = newSession;
        return open(nowMs);
    }

    private List<FollowerEffect> onDisconnected(long old, long nowMs) {
        if (old == session) {
            session = NO_SESSION;
            to(State.ALONE, nowMs);
        }
        return NOTHING;
    }

    private List<FollowerEffect> open(long nowMs) {
        return List.of(openAt(log.logEndOffset(), nowMs));
    }

    private Open openAt(long fetchOffset, long nowMs) {
        to(State.OPENING, nowMs);
        // Not the log's latest epoch: an own reign in which nothing was written has left one there
        // of which there is no record.
        return new Open(session, leaderEpoch, fetchOffset, log.epochBefore(fetchOffset));
    }

    private List<FollowerEffect> onAccepted(long fromOffset, long nowMs) {
        to(State.FOLLOWING, nowMs);
        // What another leader said of these is no measure for a log that may have been cut since.
        leaderHighWatermark = 0;
        leaderLogStart = 0;
        leaderEndOffset = -1;
        if (fromOffset <= log.logEndOffset()) {
            acknowledged = log.promisedEndOffset();
            return List.of(new Acknowledge(session, acknowledged));
        }
        // The leader's log starts behind the end of this one.
        highWatermark = fromOffset;
        acknowledged = fromOffset;
        return List.of(
                new StartFreshAt(fromOffset),
                new HighWatermark(fromOffset),
                new Acknowledge(session, fromOffset));
    }

    private List<FollowerEffect> onDiverged(Diverged event, long nowMs) {
        if (event.epoch() < 0) {
            highWatermark = event.endOffset();
            to(State.OPENING, nowMs);
            return List.of(
                    new StartFreshAt(event.endOffset()),
                    new HighWatermark(event.endOffset()),
                    new Open(session, leaderEpoch, event.endOffset(), -1));
        }
        long end = log.logEndOffset();
        long target = Math.min(truncationOffset(event.epoch(), event.endOffset()), end);
        if (target >= end) {
            to(State.REFUSED, nowMs); // The leader may see it otherwise when it is asked again.
            return NOTHING;
        }
        var effects = new ArrayList<FollowerEffect>(3);
        effects.add(new TruncateTo(target));
        if (highWatermark > target) {
            highWatermark = target;
            effects.add(new HighWatermark(target));
        }
        effects.add(reopened(target, nowMs));
        return effects;
    }

    Open reopened(long target, long nowMs) {
        return openAt(target, nowMs);
    }

    /// The leader's `epoch` ends at `endOffset` there. What is here of later epochs is not there,
    /// and neither is what is here of that epoch beyond the offset.
    long truncationOffset(int epoch, long endOffset) {
        var here = log.endOffsetFor(epoch);
        return here.endOffset() < 0 ? endOffset : Math.min(endOffset, here.endOffset());
    }

    private List<FollowerEffect> onReceived(Received event) {
        if (state != State.FOLLOWING
                || !isCurrent(event.session())
                || event.leaderEpoch() != leaderEpoch) {
            return NOTHING;
        }
        leaderHighWatermark = event.highWatermark();
        leaderLogStart = event.logStartOffset();
        leaderEndOffset = event.leaderEndOffset();
        return event.records().hasRemaining()
                ? List.of(new Append(event.records()))
                : caughtUpTo(log.logEndOffset());
    }

    /// Tells what is new since the last time, which is nothing for most calls without records.
    private List<FollowerEffect> caughtUpTo(long logEndOffset) {
        if (state != State.FOLLOWING) {
            return NOTHING;
        }
        long promised = log.promisedEndOffset();
        long committed = Math.min(leaderHighWatermark, logEndOffset);
        long start = Math.min(leaderLogStart, logEndOffset);
        boolean acknowledges = promised > acknowledged;
        boolean commits = committed > highWatermark;
        boolean forgets = start > log.logStartOffset();
        if (!acknowledges && !commits && !forgets) {
            return NOTHING;
        }
        acknowledged = Math.max(acknowledged, promised);
        highWatermark = Math.max(highWatermark, committed);
        if (!commits && !forgets) {
            return List.of(new Acknowledge(session, promised));
        }
        var effects = new ArrayList<FollowerEffect>(3);
        if (forgets) {
            effects.add(new LogStart(start));
        }
        if (acknowledges || forgets) { // The leader is told where the log starts, too.
            effects.add(new Acknowledge(session, promised));
        }
        if (commits) {
            effects.add(new HighWatermark(highWatermark));
        }
        return effects;
    }

    private List<FollowerEffect> onFenced(long inSession, long nowMs) {
        if (inSession == session && state != State.ALONE) {
            to(State.REFUSED, nowMs);
        }
        return NOTHING;
    }

    private List<FollowerEffect> onTick(long nowMs) {
        boolean due =
                switch (state) {
                    case REFUSED -> nowMs - stateSinceMs >= settings.retryMs();
                    case OPENING -> nowMs - stateSinceMs >= settings.answerTimeoutMs();
                    case ALONE, FOLLOWING -> false;
                };
        return due ? open(nowMs) : NOTHING;
    }

    private void to(State next, long nowMs) {
        state = next;
        stateSinceMs = nowMs;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// How many records the leader has beyond this log, as it last said; -1 when it has said
    /// nothing yet.
    public long lag() {
        return state == State.FOLLOWING && leaderEndOffset >= 0
                ? Math.max(0, leaderEndOffset - log.logEndOffset())
                : -1;
    }
}
