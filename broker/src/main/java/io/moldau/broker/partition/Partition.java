package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.replication.ReplicaLog;
import io.moldau.broker.shard.Shard;
import io.moldau.log.AppendResult;
import io.moldau.log.LogConfig;
import io.moldau.log.PartitionLog;
import io.moldau.log.ScrubTicket;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import io.moldau.metadata.PartitionImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition of which this node keeps a replica.
///
/// It lives on one shard: all but the identity and the leadership is touched by that shard's thread
/// alone. Its log is opened at the first use, so that ten thousand idle partitions cost ten
/// thousand small objects and nothing more.
public final class Partition {
    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);
    private final TopicPartition name;
    private final Uuid topicId;
    private final Surroundings around;
    private final Shard shard;
    private final LogKeeper keeper;
    private final RoleKeeper roles;
    private final FetchWaiters waiters = new FetchWaiters();
    private final Appends appends;
    private final Deletions deletions;
    private final EarlyAppends early = new EarlyAppends(this);

    private volatile PartitionView view;

    private long highWatermark;

    Partition(
            TopicPartition name,
            Uuid topicId,
            Surroundings around,
            Shard shard,
            Supplier<LogConfig> config,
            PartitionView view) {
        this.name = name;
        this.topicId = topicId;
        this.around = around;
        this.shard = shard;
        this.keeper =
                new LogKeeper(
                        name,
                        topicId,
                        shard,
                        around.store(),
                        around.clock(),
                        config,
                        new LogEvents());
        this.appends = new Appends(this, around.clock());
        this.deletions = new Deletions(this, around.clock());
        this.view = view;
        this.roles = new RoleKeeper(this, view.image());
    }

    public TopicPartition name() {
        return name;
    }

    public Uuid topicId() {
        return topicId;
    }

    public Shard shard() {
        return shard;
    }

    LogKeeper keeper() {
        return keeper;
    }

    RoleKeeper roles() {
        return roles;
    }

    int nodeId() {
        return around.nodeId();
    }

    Peers peers() {
        return around.peers().get();
    }

    ReplicaLog replicaLog() {
        return new KeptLog(keeper);
    }

    Role role() {
        return roles.role();
    }

    /// Any thread.
    PartitionView view() {
        return view;
    }

    long nowNanos() {
        return around.clock().monotonicNanos();
    }

    /// For durations: replication's time.
    long nowMs() {
        return around.clock().monotonicNanos() / 1_000_000;
    }

    long wallMs() {
        return around.clock().wallMs();
    }

    /// Leader, epochs and replicas as the metadata last said. Any thread.
    public PartitionImage leadership() {
        return view.image();
    }

    /// Whether its log cannot be used now. Any thread.
    public boolean isOffline() {
        return keeper.hasFailed();
    }

    /// The metadata changed. Any thread; the partition follows on its shard, before whatever is
    /// asked of it from now on.
    void follow(PartitionView next) {
        view = next;
        if (!awaitsRecovery()) {
            shard.execute(() -> guarded(() -> roles.take(next)));
        }
    }

    private boolean awaitsRecovery() {
        return around.store().recovery().awaits(name);
    }

    /// Its log was recovered: it follows what the metadata says by now. Any thread.
    void onRecovered() {
        shard.offer(() -> {
            guarded(() -> roles.take(view));
            maintain();
        });
    }

    /// This node has another role than `last`, and no word of it is out yet.
    void onRoleTaken(Role last) {
        if (last.leads() && !role().leads()) {
            early.ledUntilNow();
            refuseWaiting(notLeader());
            deletions.refuse(Errors.NOT_LEADER_OR_FOLLOWER);
        } else if (!last.leads()) {
            waiters.wakeAll(); // They know another leader.
        } else {
            deletions.onFollowers();
        }
    }

    /// The role has begun, and may be acted in.
    void onRoleBegun() {
        if (role().leads()) {
            early.letIn();
        }
    }

    /// Whether the next news of the metadata may be that this node leads, or is so already and the
    /// shard has yet to come to it.
    boolean mayLeadSoon() {
        boolean named = leadership().leader() == nodeId();
        boolean heard = role().leaderEpoch() >= leadership().leaderEpoch();
        return !roles.isEnded() && !(named && heard);
    }

    /// Runs what may find the disk unwilling.
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", name).setCause(e).log("log not to be had");
        } catch (UncheckedIOException e) {
            keeper.fail(e);
        }
    }

    /// The log, opened and recovered if it was not. On the shard only.
    ///
    /// @throws KafkaStorageException the log cannot be opened, or failed a moment ago
    public PartitionLog log() {
        return keeper.log();
    }

    /// First offset that is left; −1 while the log cannot be read. On the shard only.
    long logStartOffset() {
        return keeper.isOpen() ? keeper.log().logStartOffset() : -1;
    }

    /// Records below this offset are committed and may be read. On the shard only.
    public long highWatermark() {
        keeper.log();
        return highWatermark;
    }

    /// Whether the leader can tell where the log ends for consumers: a new one must learn first
    /// what was committed before it. On the shard only.
    public boolean knowsItsHighWatermark() {
        return !(role() instanceof LeaderRole leader) || leader.knowsItsHighWatermark();
    }

    /// Appends what one producer sent and tells `reply` what became of it: at once, or after what
    /// the producer and the topic ask for: the flush of `flush.messages`, and with `all` that
    /// enough other replicas have it. On the shard only.
    ///
    /// @param records one record batch; offset and leader epoch are stamped in place
    /// @param all whether to wait until the records are committed
    /// @param timeoutMs how long to wait for that
    public void append(
            ByteBuffer records, boolean all, int timeoutMs, Consumer<AppendResult> reply) {
        if (!role().leads()) {
            if (!early.take(records, all, timeoutMs, reply)) {
                reply.accept(notLeader());
            }
            return;
        }
        appends.append(records, all, timeoutMs, reply);
    }

    void onBytesAppended(int bytes) {
        appends.onBytesAppended(bytes);
    }

    /// The leader said how far records are committed; less than before only after a truncation.
    void followHighWatermark(long offset) {
        keeper.log().noteHighWatermark(offset);
        highWatermark = Math.min(highWatermark, offset);
        raiseHighWatermark(offset);
    }

    /// Too few replicas are in sync for what was appended and is not committed.
    void refuseUncommitted() {
        appends.refuseUncommitted();
    }

    /// Records below `offset` are committed: answers who waits for that.
    void raiseHighWatermark(long offset) {
        if (offset <= highWatermark) {
            return;
        }
        long bytes = appends.commitBytes(highWatermark, offset);
        highWatermark = offset;
        waiters.tell(
                Math.clamp(bytes, 1, Integer.MAX_VALUE),
                waiters.anyCommittedOnly() ? log().lastStableOffset(offset) : offset);
        appends.onCommitted(offset);
    }

    /// Reads for one item of a fetch; what was found is left in the item. On the shard only.
    ///
    /// @param waiter told when more arrives, if the item found less than it asked for; may be null
    void read(FetchItem item, FetchWaiter waiter) {
        boolean serves = role().leads() || (item.anyReplica() && role() instanceof FollowerRole);
        if (!serves) {
            item.refuse(Errors.NOT_LEADER_OR_FOLLOWER, leadership());
            return;
        }
        try {
            item.readFrom(log(), highWatermark, leadership(), !role().leads());
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", name).setCause(e).log("fetch refused");
            item.refuse(Errors.KAFKA_STORAGE_ERROR, leadership());
        } catch (RuntimeException e) {
            keeper.survivesQuestion(e);
            // Where nobody else has the records, who reads must know that waiting does not help.
            boolean forGood = e instanceof DamagedLogException && role().leads();
            item.refuse(
                    forGood ? Errors.CORRUPT_MESSAGE : Errors.KAFKA_STORAGE_ERROR, leadership());
        }
        if (waiter != null && item.isEmpty()) {
            waiters.add(waiter, item);
        }
    }

    /// Of its oldest records. On the shard only.
    public Deletions deletions() {
        return deletions;
    }

    /// Asks the log something on the shard; `onFailure` is the answer when the log cannot be read.
    public <T> T ask(Function<PartitionLog, T> question, T onFailure) {
        try {
            return question.apply(log());
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", name).setCause(e).log("question refused");
            return onFailure;
        } catch (RuntimeException e) {
            keeper.survivesQuestion(e);
            return onFailure;
        }
    }

    /// Rolls, flushes and deletes what time has come for. Opens the log: retention holds for idle
    /// partitions too.
    void maintain() {
        if (awaitsRecovery()) {
            return;
        }
        ask(
                open -> {
                    boolean dropped = open.maintain(wallMs(), highWatermark);
                    if (dropped && role() instanceof LeaderRole leader) {
                        leader.onLogStart();
                    }
                    if (open.flushDue(wallMs())) {
                        keeper.startFlush();
                    }
                    return true;
                },
                false);
    }

    /// See [PartitionLog#beginScrub]. Null when there is nothing to be read. On the shard only.
    @Nullable ScrubTicket beginScrub(long fromOffset) {
        return ask(
                log -> {
                    long from = Math.max(fromOffset, log.logStartOffset());
                    var closed = log.beginScrub(from);
                    return closed != null ? closed : log.beginTailScrub(from);
                },
                null);
    }

    /// On the shard only.
    void completeScrub(ScrubTicket ticket) {
        var damage = ask(log -> log.completeScrub(ticket), null);
        if (damage != null) {
            keeper.onDamage(damage, false);
        }
    }

    /// Forgets fetches that were answered meanwhile.
    void forgetDoneWaiters() {
        waiters.forgetDone();
    }

    /// Takes over changed topic settings.
    void reconfigure() {
        keeper.reconfigure();
    }

    /// Makes the partition's folder, so that a new topic is on disk before its first record.
    void create() {
        ask(PartitionLog::logEndOffset, -1L);
    }

    /// Removes the partition's files; this node does not keep it any more.
    void delete() {
        roles.end();
        refuseWaiting(notLeader());
        deletions.refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        try {
            keeper.delete();
        } catch (KafkaStorageException | UncheckedIOException e) {
            LOGGER.atWarn()
                    .addKeyValue("partition", name)
                    .setCause(e)
                    .log("files not removed, the next start does it");
        }
    }

    /// The disk of its data directory works, or has room, as it did not before; or the other way
    /// round.
    void onDisk(DataDir directory) {
        if (!directory.isOnline()) {
            if (!keeper.hasFailed()) {
                keeper.fail(new UncheckedIOException(new IOException(directory.problem())));
            }
            return;
        }
        keeper.onDiskBack();
        roles.onRoom(keeper.room());
    }

    private void refuseWaiting(AppendResult refusal) {
        appends.refuseAll(refusal);
        early.refuseAll(refusal);
        waiters.wakeAll();
    }

    /// Or it does, and its disk does not let it.
    AppendResult notLeader() {
        if (leadership().leader() == nodeId()
                && role() instanceof Role.Offline
                && !roles.isOver()) {
            return Appends.storageFailure("the log of %s cannot be used now".formatted(name));
        }
        return Appends.refused(
                Errors.NOT_LEADER_OR_FOLLOWER,
                "node %d does not lead %s".formatted(nodeId(), name));
    }

    private final class LogEvents implements LogKeeper.Owner {
        @Override
        public void onOpened(PartitionLog log) {
            if (role() instanceof Role.Lone) {
                log.noteHighWatermark(Long.MAX_VALUE);
            }
            highWatermark =
                    role() instanceof Role.Lone
                            ? Math.min(log.highWatermark(), keeper.promisedEnd())
                            : log.highWatermark();
        }

        @Override
        public void onFlushed() {
            appends.onFlushed();
            role().onPromised();
        }

        @Override
        public void onDamaged(LogDamage damage, boolean cut) {
            roles.onLogDamaged();
        }

        @Override
        public void onFailed(RuntimeException cause, boolean lost) {
            appends.onLogFailed();
            roles.onLogFailed(lost);
            refuseWaiting(Appends.storageFailure(cause.getMessage()));
            deletions.refuse(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
