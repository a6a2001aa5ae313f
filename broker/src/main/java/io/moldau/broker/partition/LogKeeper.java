package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.Room;
import io.moldau.broker.shard.Shard;
import io.moldau.env.Clock;
import io.moldau.env.DiskTrouble;
import io.moldau.log.FlushTicket;
import io.moldau.log.LogConfig;
import io.moldau.log.PartitionLog;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
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
    private static final long REOPEN_AFTER_MS_MIN = 1_000;
    private static final long REOPEN_AFTER_MS_MAX = 60_000;
    private static final long FLUSH_AGAIN_MS = 500;
    private static final long FLUSH_TIMER_MS_MAX = 86_400_000;

    /// Who hears of the log.
    interface Owner {
        /// The log was opened; its end is what recovery left.
        void onOpened(PartitionLog log);

        /// Records below [LogKeeper#promisedEnd()] became durable.
        void onFlushed();

        /// The disk refused. The log is closed; a later use recovers it.
        ///
        /// @param lost whether something that counted may be gone
        void onFailed(RuntimeException cause, boolean lost);

        /// Some of the log's bytes are not what was written.
        ///
        /// @param cut whether they are gone already; otherwise the log goes on with them
        void onDamaged(LogDamage damage, boolean cut);
    }

    private final TopicPartition name;
    private final Uuid topicId;
    private final Shard shard;
    private final LogStore store;
    private final Clock clock;
    private final Supplier<LogConfig> config;
    private final Owner owner;

    private PartitionLog log;
    private DataDir directory;
    private long promisedEnd;
    private boolean flushing;
    private boolean flushTimed;
    private boolean flushOverdue;
    private boolean deleted;
    private long openedAtMs;
    private long reopenAtMs;
    private long reopenAfterMs = REOPEN_AFTER_MS_MIN;
    private volatile Throwable failure;
    private volatile LogDamage damage;

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
        if (failure != null && nowMs() < reopenAtMs) {
            throw new KafkaStorageException(
                    "the log of %s cannot be used: %s".formatted(name, failure.getMessage()),
                    failure);
        }
        try {
            log = store.open(name, topicId, config.get());
            directory = store.directoryOf(name);
            failure = null;
            openedAtMs = nowMs();
        } catch (UncheckedIOException e) {
            if (store.onRefused(name, e) != DiskTrouble.TOO_MANY_FILES) {
                giveUp(e, true);
            }
            throw new KafkaStorageException(
                    "the log of %s cannot be opened: %s".formatted(name, e.getMessage()), e);
        }
        promiseWhatWasFound();
        owner.onOpened(log);
        if (log.damageAtOpening() != null) {
            onDamage(log.damageAtOpening(), true);
        }
    }

    /// What an earlier process wrote and did not flush is no more durable for having been found.
    private void promiseWhatWasFound() {
        promisedEnd = log.logEndOffset();
        if (log.unflushedRecords() >= log.config().flushMessages()) {
            promisedEnd = log.recoveryPoint();
            startFlush();
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos());
    }

    boolean isOpen() {
        return log != null;
    }

    /// Whether the disk has refused it, and it was not opened since. Any thread.
    boolean hasFailed() {
        return failure != null;
    }

    /// Its disk works again: the next use may try.
    void onDiskBack() {
        reopenAtMs = nowMs();
    }

    /// What of the log is not what was written; null when nothing is known of it. Any thread.
    LogDamage damage() {
        return damage;
    }

    /// Damage was found.
    ///
    /// @param cut whether recovery has taken it away, with all that followed
    void onDamage(LogDamage found, boolean cut) {
        var known = damage;
        if (known != null && !cut && known.fromOffset() <= found.fromOffset()) {
            return;
        }
        if (known != null && cut && known.fromOffset() >= found.fromOffset()) {
            damage = null;
            return; // Recovery has taken away what was known.
        }
        LOGGER.atError()
                .addKeyValue("partition", name)
                .addKeyValue("file", found.file())
                .addKeyValue("position", found.position())
                .addKeyValue("offset", found.fromOffset())
                .addKeyValue("reason", found.reason())
                .addKeyValue("cut", cut)
                .log("log is damaged");
        store.onDamage();
        if (!cut) {
            damage = found;
        }
        owner.onDamaged(found, cut);
    }

    /// Nobody counts on what was damaged any more.
    void onDamageKnown() {
        if (log != null) {
            log.onLossKnown();
        }
    }

    /// Takes away what is damaged and all behind it: another replica sends it again.
    void repair() {
        var open = log();
        long from = Math.max(damage.fromOffset(), open.logStartOffset());
        LOGGER.atWarn()
                .addKeyValue("partition", name)
                .addKeyValue("fromOffset", from)
                .addKeyValue("logEndOffset", open.logEndOffset())
                .log("damaged records are fetched again");
        try {
            if (damage.fromOffset() < from) { // What is cut goes, and not what lies before it.
                startFreshAt(from);
            } else {
                truncateTo(from);
            }
        } catch (DamagedLogException unreadable) {
            LOGGER.atWarn()
                    .addKeyValue("partition", name)
                    .setCause(unreadable)
                    .log("the whole log is fetched again");
            startFreshAt(open.logStartOffset());
        }
        damage = null;
        store.onRepaired();
    }

    /// How much room the disk has for more records.
    Room room() {
        return directory == null ? store.room(name) : directory.room();
    }

    /// Why producers are refused for want of room.
    String fullSentence() {
        return store.directoryOf(name).problem();
    }

    /// Records below it are as durable here as `flush.messages` asks for: so far this replica
    /// counts.
    long promisedEnd() {
        return promisedEnd;
    }

    /// Something was appended: it counts now, or after a flush.
    void onAppended(int bytes) {
        directory.onWritten(bytes);
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
            onNotFlushed(ticket, refused);
            return;
        }
        long durableEnd = log.completeFlush(ticket);
        store.onFlushed(name);
        promisedEnd = Math.min(Math.max(promisedEnd, durableEnd), log.logEndOffset());
        if (promisedEnd < log.logEndOffset() || flushOverdue) {
            flushOverdue = false;
            startFlush();
        }
        owner.onFlushed();
    }

    private void onNotFlushed(FlushTicket ticket, RuntimeException refused) {
        if (DiskTrouble.of(refused) == DiskTrouble.TOO_MANY_FILES) {
            log.cancelFlush(ticket);
            shard.schedule(FLUSH_AGAIN_MS, this::startFlush);
        } else {
            store.onRefused(name, refused);
            giveUp(refused, true);
        }
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
        try {
            store.delete(name, log());
        } finally {
            store.forget(name);
            log = null;
            deleted = true;
        }
    }

    /// The disk refused an append or a read, which leave the log as it was: it goes on where only
    /// room or descriptors are missing, and is given up otherwise.
    ///
    /// @return whether it goes on
    boolean survives(RuntimeException refusal) {
        if (refusal instanceof UncheckedIOException
                && !(refusal instanceof DamagedLogException)
                && store.onRefused(name, refusal) != DiskTrouble.FAILED) {
            return true;
        }
        fail(refusal);
        return false;
    }

    /// The disk refused a question, or a step that may have got half-way.
    ///
    /// @return whether the log goes on
    boolean survivesQuestion(RuntimeException refusal) {
        if (refusal instanceof DamagedLogException damaged) {
            onDamage(damaged.damage(), false);
            return true;
        }
        if (refusal instanceof UncheckedIOException
                && DiskTrouble.of(refusal) == DiskTrouble.TOO_MANY_FILES) {
            store.onRefused(name, refusal);
            return true;
        }
        fail(refusal);
        return false;
    }

    /// The disk refused in the middle of something: what is in memory may not be what is on disk.
    void fail(RuntimeException cause) {
        if (cause instanceof DamagedLogException damaged) {
            onDamage(damaged.damage(), false);
            giveUp(cause, true);
            return;
        }
        giveUp(cause, store.onRefused(name, cause) == DiskTrouble.FAILED);
    }

    private void tell(RuntimeException cause) {
        var directory = store.directoryOf(name);
        if (directory != null && !directory.isOnline()) {
            LOGGER.atDebug().addKeyValue("partition", name).log("its directory is offline");
        } else {
            LOGGER.atError().addKeyValue("partition", name).setCause(cause).log("log failed");
        }
    }

    private void giveUp(RuntimeException cause, boolean lost) {
        if (failure == null) {
            tell(cause);
        }
        long nowMs = nowMs();
        // Soon after it failed, and then at ever longer intervals.
        boolean lasted = log != null && nowMs - openedAtMs > REOPEN_AFTER_MS_MAX;
        long afterMs = lasted ? REOPEN_AFTER_MS_MIN : reopenAfterMs;
        reopenAtMs = nowMs + afterMs;
        reopenAfterMs = Math.min(2 * afterMs, REOPEN_AFTER_MS_MAX);
        failure = cause;
        if (log != null) {
            store.abandon(name, log);
            log = null;
        }
        owner.onFailed(cause, lost);
    }
}
