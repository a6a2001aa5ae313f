package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import io.moldau.log.FlushTicket;
import io.moldau.log.LogConfig;
import io.moldau.log.PartitionLog;
import io.moldau.metadata.PartitionImage;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition that this node leads.
///
/// It lives on one shard: all but the identity and the leadership is touched by that shard's thread
/// alone. Its log is opened at the first use, so that ten thousand idle partitions cost ten
/// thousand small objects and nothing more.
public final class Partition {
    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);
    private static final long REOPEN_AFTER_NANOS = 1_000_000_000L;

    private final TopicPartition name;
    private final Uuid topicId;
    private final Shard shard;
    private final LogStore store;
    private final Clock clock;
    private final Supplier<LogConfig> config;

    private volatile PartitionImage leadership;
    private volatile int minInsyncReplicas;

    private PartitionLog log;
    private long highWatermark;
    private boolean flushing;
    private boolean deleted;
    private long failedAtNanos;
    private Throwable failure;
    private List<UnflushedAppend> unflushed = List.of();
    private List<Waiting> waiting = List.of();

    private record UnflushedAppend(
            long endOffset, AppendResult result, Consumer<AppendResult> reply) {}

    private record Waiting(FetchWaiter waiter, FetchItem item) {}

    Partition(
            TopicPartition name,
            Uuid topicId,
            Shard shard,
            LogStore store,
            Clock clock,
            Supplier<LogConfig> config,
            PartitionImage leadership,
            int minInsyncReplicas) {
        this.name = name;
        this.topicId = topicId;
        this.shard = shard;
        this.store = store;
        this.clock = clock;
        this.config = config;
        this.leadership = leadership;
        this.minInsyncReplicas = minInsyncReplicas;
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

    /// Leader, epochs and replicas as the metadata last said. Any thread.
    public PartitionImage leadership() {
        return leadership;
    }

    /// Whether `acks=all` can be promised now: enough replicas are in sync for
    /// `min.insync.replicas`. Any thread.
    public boolean hasEnoughReplicas() {
        return leadership.isr().size() >= minInsyncReplicas;
    }

    void requireInSync(int replicas) {
        minInsyncReplicas = replicas;
    }

    void lead(PartitionImage image) {
        leadership = image;
    }

    /// The log, opened and recovered if it was not. On the shard only.
    ///
    /// @throws KafkaStorageException the log cannot be opened, or failed a moment ago
    public PartitionLog log() {
        if (log == null) {
            open();
        }
        return log;
    }

    private void open() {
        if (deleted) {
            throw new KafkaStorageException(name + " was deleted");
        }
        if (failure != null && clock.monotonicNanos() - failedAtNanos < REOPEN_AFTER_NANOS) {
            throw new KafkaStorageException("the log of " + name + " failed a moment ago", failure);
        }
        try {
            log = store.open(name, topicId, config.get());
            highWatermark = log.logEndOffset();
            failure = null;
        } catch (UncheckedIOException e) {
            fail(e);
            throw new KafkaStorageException("the log of " + name + " cannot be opened", e);
        }
    }

    /// True if the log is open, so that a periodic task need not open the idle ones.
    boolean isOpen() {
        return log != null;
    }

    /// First offset that is left; −1 while the log cannot be read. On the shard only.
    long logStartOffset() {
        return log == null ? -1 : log.logStartOffset();
    }

    /// Records below this offset are committed and may be read. On the shard only.
    public long highWatermark() {
        log();
        return highWatermark;
    }

    /// Appends what one producer sent and tells `reply` what became of it: at once, or after the
    /// flush that `flush.messages` asks for. On the shard only.
    ///
    /// @param records one record batch; offset and leader epoch are stamped in place
    public void append(ByteBuffer records, Consumer<AppendResult> reply) {
        AppendResult result;
        try {
            result =
                    log().append(
                                    records,
                                    AppendMode.CLIENT,
                                    leadership.leaderEpoch(),
                                    clock.wallMs());
        } catch (KafkaStorageException e) {
            result = storageFailure(e.getMessage());
        } catch (RuntimeException e) {
            fail(e);
            result = storageFailure(e.getMessage());
        }
        switch (result) {
            case AppendResult.Appended appended -> onAppended(appended, reply);
            case AppendResult.Duplicate copy when copy.lastOffset() >= highWatermark ->
                    awaitFlush(copy.lastOffset() + 1, copy, reply);
            case AppendResult.Duplicate copy -> reply.accept(copy);
            case AppendResult.Refused refused -> reply.accept(refused);
        }
    }

    private void onAppended(AppendResult.Appended appended, Consumer<AppendResult> reply) {
        if (log.unflushedRecords() >= log.config().flushMessages()) {
            awaitFlush(appended.lastOffset() + 1, appended, reply);
        } else {
            raiseHighWatermark(appended.lastOffset() + 1, appended.sizeBytes());
            reply.accept(appended);
            if (!flushing && log != null && log.flushDue(clock.wallMs())) {
                startFlush(); // A segment was closed: what recovery must read stays bounded.
            }
        }
    }

    private void awaitFlush(long endOffset, AppendResult result, Consumer<AppendResult> reply) {
        if (unflushed.isEmpty()) {
            unflushed = new ArrayList<>();
        }
        unflushed.add(new UnflushedAppend(endOffset, result, reply));
        startFlush();
    }

    /// Asks for a flush unless one is under way; its end starts the next one if more has come
    /// meanwhile.
    void startFlush() {
        if (flushing || log == null) {
            return;
        }
        flushing = true;
        var flushed = log;
        var ticket = log.beginFlush();
        store.flusher(name)
                .execute(() -> {
                    RuntimeException refused = null;
                    try {
                        ticket.sync();
                    } catch (UncheckedIOException e) {
                        refused = e;
                    }
                    var outcome = refused;
                    shard.execute(() -> onFlushed(flushed, ticket, outcome));
                });
    }

    private void onFlushed(PartitionLog flushed, FlushTicket ticket, RuntimeException refused) {
        flushing = false;
        if (log != flushed) {
            return;
        }
        if (refused != null) {
            fail(refused);
            return;
        }
        long end = log.completeFlush(ticket);
        if (unflushed.isEmpty()) {
            return;
        }
        var done = unflushed.stream().filter(append -> append.endOffset() <= end).toList();
        unflushed.removeIf(append -> append.endOffset() <= end);
        done.forEach(this::onDurable);
        if (unflushed.isEmpty()) {
            unflushed = List.of();
        } else {
            startFlush();
        }
    }

    private void onDurable(UnflushedAppend append) {
        int bytes =
                append.result() instanceof AppendResult.Appended appended
                        ? appended.sizeBytes()
                        : 0;
        raiseHighWatermark(Math.max(highWatermark, append.endOffset()), bytes);
        append.reply().accept(append.result());
    }

    private void raiseHighWatermark(long offset, int bytes) {
        highWatermark = offset;
        if (!waiting.isEmpty()) {
            waiting.removeIf(entry -> entry.waiter().isDone());
            waiting.forEach(entry -> entry.waiter().onReadable(entry.item(), bytes));
        }
    }

    /// Reads for one item of a fetch; what was found is left in the item. On the shard only.
    ///
    /// @param waiter told when more arrives, if the item found less than it asked for; may be null
    void read(FetchItem item, FetchWaiter waiter) {
        try {
            item.readFrom(log(), highWatermark, leadership);
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", name).setCause(e).log("fetch refused");
            item.refuse(Errors.KAFKA_STORAGE_ERROR);
        } catch (RuntimeException e) {
            fail(e);
            item.refuse(Errors.KAFKA_STORAGE_ERROR);
        }
        if (waiter != null && item.isEmpty()) {
            await(waiter, item);
        }
    }

    private void await(FetchWaiter waiter, FetchItem item) {
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(2);
        }
        waiting.removeIf(
                entry -> entry.waiter().isDone() || entry.waiter().owner().equals(waiter.owner()));
        waiting.add(new Waiting(waiter, item));
    }

    /// Drops records below `offset`, or below the high watermark for −1; gives the new log start
    /// offset. On the shard only.
    public DeletedUpTo deleteRecords(long offset) {
        try {
            long target = offset == -1 ? highWatermark() : offset;
            if (target < 0 || target > highWatermark()) {
                return new DeletedUpTo(-1, Errors.OFFSET_OUT_OF_RANGE);
            }
            log().advanceLogStart(target);
            return new DeletedUpTo(log().logStartOffset(), Errors.NONE);
        } catch (KafkaStorageException e) {
            return new DeletedUpTo(-1, Errors.KAFKA_STORAGE_ERROR);
        } catch (RuntimeException e) {
            fail(e);
            return new DeletedUpTo(-1, Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /// @param logStartOffset first offset that is left; −1 with an error
    public record DeletedUpTo(long logStartOffset, Errors error) {}

    /// Asks the log something on the shard; `onFailure` is the answer when the log cannot be read.
    public <T> T ask(Function<PartitionLog, T> question, T onFailure) {
        try {
            return question.apply(log());
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", name).setCause(e).log("question refused");
            return onFailure;
        } catch (RuntimeException e) {
            fail(e);
            return onFailure;
        }
    }

    /// Rolls, flushes and deletes what time has come for. Opens the log: retention holds for idle
    /// partitions too.
    void maintain() {
        ask(
                open -> {
                    open.maintain(clock.wallMs(), highWatermark);
                    if (open.flushDue(clock.wallMs())) {
                        startFlush();
                    }
                    return true;
                },
                false);
    }

    /// Forgets fetches that were answered meanwhile.
    void forgetDoneWaiters() {
        if (!waiting.isEmpty()) {
            waiting.removeIf(entry -> entry.waiter().isDone());
            waiting = waiting.isEmpty() ? List.of() : waiting;
        }
    }

    /// Takes over changed topic settings.
    void reconfigure() {
        if (log != null) {
            log.reconfigure(config.get());
        }
    }

    /// Makes the partition's folder, so that a new topic is on disk before its first record.
    void create() {
        ask(PartitionLog::logEndOffset, -1L);
    }

    /// Removes the partition's files. What waits is answered by its own deadline.
    void delete() {
        ask(
                open -> {
                    store.delete(name, open);
                    return true;
                },
                false);
        log = null;
        deleted = true;
    }

    /// The disk refused: answers who waits, and lets the next use recover the log.
    private void fail(RuntimeException cause) {
        LOGGER.atError().addKeyValue("partition", name).setCause(cause).log("log failed");
        failure = cause;
        failedAtNanos = clock.monotonicNanos();
        var failed = unflushed;
        unflushed = List.of();
        if (log != null) {
            store.abandon(name, log);
            log = null;
        }
        failed.forEach(append -> append.reply().accept(storageFailure(cause.getMessage())));
    }

    private static AppendResult storageFailure(String message) {
        return new AppendResult.Refused(Errors.KAFKA_STORAGE_ERROR, message, List.of());
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
