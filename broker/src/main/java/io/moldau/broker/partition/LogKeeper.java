package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import io.moldau.env.Clock;
import io.moldau.log.FlushTicket;
import io.moldau.log.LogConfig;
import io.moldau.log.PartitionLog;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition's log, opened at its first use, given up when the disk fails, and its flushes.
/// Belongs to the partition's shard.
final class LogKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogKeeper.class);
    private static final long REOPEN_AFTER_NANOS = 1_000_000_000L;
    private static final long FLUSH_TIMER_MS_MAX = 86_400_000;

    /// Who hears of the log.
    interface Owner {
        /// The log was opened; its end is what recovery left.
        void onOpened(PartitionLog log);

        /// Records below [LogKeeper#promisedEnd()] became durable.
        void onFlushed();

        /// The disk refused. The log is closed; the next use recovers it.
        void onFailed(RuntimeException cause);
    }

    private final TopicPartition name;
    private final Uuid topicId;
    private final Shard shard;
    private final LogStore store;
    private final Clock clock;
    private final Supplier<LogConfig> config;
    private final Owner owner;

    private PartitionLog log;
    private long promisedEnd;
    private boolean flushing;
    private boolean flushTimed;
    private boolean flushOverdue;
    private boolean deleted;
    private long failedAtNanos;
    private Throwable failure;

    LogKeeper(
            TopicPartition name,
            Uuid topicId,
            Shard shard,
            LogStore store,
            Clock clock,
            Supplier<LogConfig> config,
            Owner owner) {
        this.name = name;
        this.topicId = topicId;
        this.shard = shard;
        this.store = store;
        this.clock = clock;
        this.config = config;
        this.owner = owner;
    }

    /// @throws KafkaStorageException the log cannot be opened, or failed a moment ago
    PartitionLog log() {
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
            failure = null;
        } catch (UncheckedIOException e) {
            fail(e);
            throw new KafkaStorageException("the log of " + name + " cannot be opened", e);
        }
        promiseWhatWasFound();
        owner.onOpened(log);
    }

    /// What an earlier process wrote and did not flush is no more durable for having been found.
    private void promiseWhatWasFound() {
        promisedEnd = log.logEndOffset();
        if (log.unflushedRecords() >= log.config().flushMessages()) {
            promisedEnd = log.recoveryPoint();
            startFlush();
        }
    }

    boolean isOpen() {
        return log != null;
    }

    /// Records below it are as durable here as `flush.messages` asks for: so far this replica
    /// counts.
    long promisedEnd() {
        return promisedEnd;
    }

    /// Something was appended: it counts now, or after a flush.
    void onAppended() {
        if (log.unflushedRecords() >= log.config().flushMessages()) {
            startFlush();
            return;
        }
        promisedEnd = log.logEndOffset();
        if (!flushing && log.flushDue(clock.wallMs())) {
            startFlush(); // A segment was closed: what recovery must read stays bounded.
        } else {
            setFlushTimer();
        }
    }

    /// Nothing waits longer than `flush.ms`, also where nothing comes after it.
    private void setFlushTimer() {
        long delayMs = log.config().flushMs();
        if (delayMs <= FLUSH_TIMER_MS_MAX && !flushTimed) {
            flushTimed = true;
            shard.schedule(delayMs, this::onFlushTimer);
        }
    }

    private void onFlushTimer() {
        flushTimed = false;
        if (log != null && log.unflushedRecords() > 0) {
            flushOverdue = flushing; // The one under way may have begun too early.
            startFlush();
        }
    }

    void truncateTo(long offset) {
        log().truncateTo(offset);
        promisedEnd = Math.min(promisedEnd, log.logEndOffset());
    }

    void startFreshAt(long offset) {
        log().truncateFullyAndStartAt(offset);
        promisedEnd = offset;
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
                    } catch (RuntimeException e) {
                        refused = e;
                    }
                    var outcome = refused;
                    shard.execute(() -> onFlushed(flushed, ticket, outcome));
                });
    }

    private void onFlushed(PartitionLog flushed, FlushTicket ticket, RuntimeException refused) {
        flushing = false;
        if (!flushed.equals(log)) {
            return; // It failed meanwhile, or was deleted.
        }
        if (refused != null) {
            fail(refused);
            return;
        }
        long durableEnd = log.completeFlush(ticket);
        promisedEnd = Math.min(Math.max(promisedEnd, durableEnd), log.logEndOffset());
        if (promisedEnd < log.logEndOffset() || flushOverdue) {
            flushOverdue = false;
            startFlush();
        }
        owner.onFlushed();
    }

    void reconfigure() {
        if (log != null) {
            log.reconfigure(config.get());
            if (log.unflushedRecords() > 0) {
                flushTimed = false;
                setFlushTimer();
            }
        }
    }

    /// Removes the files.
    void delete() {
        store.delete(name, log());
        log = null;
        deleted = true;
    }

    /// Gives the log up.
    void fail(RuntimeException cause) {
        LOGGER.atError().addKeyValue("partition", name).setCause(cause).log("log failed");
        failure = cause;
        failedAtNanos = clock.monotonicNanos();
        if (log != null) {
            store.abandon(name, log);
            log = null;
        }
        owner.onFailed(cause);
    }
}
