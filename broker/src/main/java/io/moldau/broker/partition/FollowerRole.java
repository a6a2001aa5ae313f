package io.moldau.broker.partition;

import io.moldau.broker.disk.Room;
import io.moldau.broker.replication.FollowerEffect;
import io.moldau.broker.replication.FollowerEvent;
import io.moldau.broker.replication.FollowerReplica;
import io.moldau.broker.replication.stream.FollowedPartition;
import io.moldau.broker.replication.stream.LeaderStream;
import io.moldau.broker.shard.Shard;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import io.moldau.metadata.PartitionImage;
import io.moldau.proto.replication.Open;
import io.moldau.proto.replication.Update;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Another node leads the partition. Carries out what [FollowerReplica] says.
final class FollowerRole implements Role, FollowedPartition {
    private static final Logger LOGGER = LoggerFactory.getLogger(FollowerRole.class);
    private static final int NO_HANDLE = -1;
    private static final long NOT_TAKEN_MS = 1_000;

    private final Partition partition;
    private final int leaderId;
    private final FollowerReplica core;
    private LeaderStream stream;
    private int handle = NO_HANDLE;
    private long expectedOffset;
    private boolean bounded;
    private boolean ended;

    /// The log is open.
    ///
    /// @throws org.apache.kafka.common.errors.KafkaStorageException there is no log to follow with
    FollowerRole(Partition partition, PartitionImage image) {
        this.partition = partition;
        this.leaderId = image.leader();
        partition.keeper().log().noteHighWatermark(partition.highWatermark());
        this.core =
                new FollowerReplica(
                        image,
                        partition.replicaLog(),
                        partition.peers().settings(),
                        partition.nowMs());
    }

    @Override
    public void begin(PartitionView view) {
        bounded = isBounded();
        partition.peers().follow(leaderId, this);
    }

    int leaderId() {
        return leaderId;
    }

    @Override
    public int leaderEpoch() {
        return core.leaderEpoch();
    }

    @Override
    public boolean leads() {
        return false;
    }

    @Override
    public Shard shard() {
        return partition.shard();
    }

    @Override
    public void onConnected(LeaderStream connected) {
        if (!ended && !connected.equals(stream)) {
            stream = connected;
            handle = NO_HANDLE;
            run(new FollowerEvent.Connected(connected.session()));
        }
    }

    @Override
    public void onDisconnected(LeaderStream lost) {
        if (lost.equals(stream)) {
            stream = null;
            handle = NO_HANDLE;
            run(new FollowerEvent.Disconnected(lost.session()));
        }
    }

    @Override
    public void onUpdate(LeaderStream from, int itsHandle, Update update, ByteBuffer records) {
        if (ended || itsHandle != handle || !from.equals(stream)) {
            return;
        }
        long session = from.session();
        switch (update.getAnswerCase()) {
            case ACCEPTED -> {
                expectedOffset = update.getAccepted().getFromOffset();
                run(new FollowerEvent.Accepted(session, expectedOffset));
            }
            case DIVERGED -> {
                var diverged = update.getDiverged();
                run(
                        new FollowerEvent.Diverged(
                                session, diverged.getEpoch(), diverged.getEndOffset()));
                return;
            }
            case REFUSED -> {
                onRefused(update.getRefused().getError(), update.getRefused().getLeaderEpoch());
                return;
            }
            case ANSWER_NOT_SET -> {
                // Only news.
            }
        }
        if (records.hasRemaining() && !follows(update)) {
            return;
        }
        run(
                new FollowerEvent.Received(
                        session,
                        update.getLeaderEpoch(),
                        update.getHighWatermark(),
                        update.getLogStartOffset(),
                        update.getLogEndOffset(),
                        records));
    }

    /// Offsets may have gaps where records were compacted; what was sent has none.
    private boolean follows(Update update) {
        if (update.getRecordsFrom() == expectedOffset) {
            expectedOffset = update.getRecordsTo();
            return true;
        }
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("expected", expectedOffset)
                .addKeyValue("received", update.getRecordsFrom())
                .log("records of the leader are missing");
        reopenSoon();
        return false;
    }

    @Override
    public void onMissed(LeaderStream from, int itsHandle, RuntimeException cause) {
        LOGGER.atError()
                .addKeyValue("partition", partition)
                .setCause(cause)
                .log("records of the leader not taken");
        if (!ended && itsHandle == handle && from.equals(stream)) {
            reopenSoon();
        }
    }

    /// Nothing more is taken under this handle; the next one begins where the log ends.
    private void reopenSoon() {
        closeHandle();
        fenced(leaderEpoch());
    }

    private void onRefused(int error, int leaderEpoch) {
        LOGGER.atDebug()
                .addKeyValue("partition", partition)
                .addKeyValue("leader", leaderId)
                .addKeyValue("error", error)
                .log("refused by the leader");
        fenced(leaderEpoch);
    }

    private void fenced(int leaderEpoch) {
        run(new FollowerEvent.Fenced(stream.session(), leaderEpoch));
        partition.roles().tickSoon();
    }

    @Override
    public void onPromised() {
        run(FollowerEvent.Appended.EVENT);
    }

    @Override
    public void onMetadata(PartitionView view) {
        bounded = isBounded();
        run(new FollowerEvent.MetadataChanged(view.image()));
    }

    private boolean isBounded() {
        var name = partition.name();
        return partition
                .peers()
                .quotas()
                .boundsFollower(name.topic(), name.partition(), partition.nodeId());
    }

    @Override
    public void tick() {
        run(FollowerEvent.Tick.EVENT);
    }

    private void run(FollowerEvent event) {
        if (!ended) {
            partition.guarded(() -> carryOut(core.step(event, partition.nowMs())));
        }
    }

    private void carryOut(List<FollowerEffect> effects) {
        for (var effect : effects) {
            if (!ended) { // The disk may have ended it.
                carryOut(effect);
            }
        }
    }

    private void carryOut(FollowerEffect effect) {
        switch (effect) {
            case FollowerEffect.Open open -> open(open);
            case FollowerEffect.Append(var records) -> append(records);
            case FollowerEffect.TruncateTo(var offset) -> {
                LOGGER.atInfo()
                        .addKeyValue("partition", partition)
                        .addKeyValue("offset", offset)
                        .addKeyValue("logEndOffset", partition.keeper().log().logEndOffset())
                        .log("truncated to the leader's log");
                partition.keeper().truncateTo(offset);
            }
            case FollowerEffect.StartFreshAt(var offset) -> partition.keeper().startFreshAt(offset);
            case FollowerEffect.Acknowledge(var session, var logEndOffset) -> {
                if (stream != null && session == stream.session() && handle != NO_HANDLE) {
                    stream.acknowledge(shard(), handle, logEndOffset, partition.logStartOffset());
                }
            }
            case FollowerEffect.HighWatermark(var offset) -> partition.followHighWatermark(offset);
            case FollowerEffect.LogStart(var offset) ->
                    partition.keeper().log().advanceLogStart(offset);
        }
    }

    private void open(FollowerEffect.Open open) {
        if (stream == null || open.session() != stream.session()) {
            return;
        }
        closeHandle();
        handle =
                stream.open(
                        this,
                        Open.newBuilder()
                                .setTopicId(LeaderStream.idOf(partition.topicId()))
                                .setPartition(partition.name().partition())
                                .setLeaderEpoch(open.leaderEpoch())
                                .setFetchOffset(open.fetchOffset())
                                .setLastFetchedEpoch(open.lastFetchedEpoch()));
    }

    private void append(ByteBuffer records) {
        var keeper = partition.keeper();
        if (keeper.room() == Room.CRITICAL) {
            partition.roles().onRoom(Room.CRITICAL);
            return;
        }
        long end = keeper.log().logEndOffset();
        AppendResult result;
        try {
            result =
                    keeper.log()
                            .append(records, AppendMode.REPLICA, leaderEpoch(), partition.wallMs());
        } catch (UncheckedIOException e) {
            if (keeper.survives(e)) {
                onNotTaken(e);
            }
            return;
        }
        if (result instanceof AppendResult.Refused refused) {
            onFlawed(refused, end);
            return;
        }
        partition.onBytesAppended(records.remaining());
        keeper.onAppended(records.remaining());
        run(FollowerEvent.Appended.EVENT);
        if (bounded && !partition.leadership().isr().contains(partition.nodeId())) {
            rest(records.remaining());
        }
    }

    /// They cannot be what was written. The leader is told, for it may not know of its own records;
    /// those before the flaw were taken.
    private void onFlawed(AppendResult.Refused refused, long endBefore) {
        long end = partition.keeper().log().logEndOffset();
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("leader", leaderId)
                .addKeyValue("offset", end)
                .addKeyValue("reason", refused.message())
                .log("records of the leader refused");
        if (end > endBefore) {
            partition.keeper().onAppended(0);
        }
        if (stream != null && handle != NO_HANDLE) {
            stream.doubt(shard(), handle, end);
        }
        reopenSoon();
    }

    /// The log is as it was: the leader sends the same again once there is room, or descriptors.
    private void onNotTaken(UncheckedIOException refusal) {
        if (partition.keeper().room() == Room.CRITICAL) {
            partition.roles().onRoom(Room.CRITICAL);
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .setCause(refusal)
                .log("records of the leader not taken");
        closeHandle();
        if (stream != null) {
            run(new FollowerEvent.Fenced(stream.session(), leaderEpoch()));
        }
        partition.roles().tickIn(NOT_TAKEN_MS);
    }

    /// Wants nothing more of this partition for a while, if it took too much already. What is under
    /// way meanwhile is sent again.
    private void rest(int bytes) {
        var rate = partition.peers().takingRate();
        rate.spend(bytes, partition.nowNanos());
        long delayMs = rate.delayMs(partition.nowNanos());
        if (delayMs > 0 && !ended && handle != NO_HANDLE) {
            closeHandle();
            run(new FollowerEvent.Fenced(stream.session(), leaderEpoch()));
            partition.roles().tickIn(delayMs);
        }
    }

    private void closeHandle() {
        if (stream != null && handle != NO_HANDLE) {
            stream.close(shard(), handle);
        }
        handle = NO_HANDLE;
    }

    @Override
    public void end() {
        ended = true;
        partition.peers().unfollow(leaderId, this);
        closeHandle();
        stream = null;
    }
}
