package io.moldau.broker.partition;

import io.moldau.broker.disk.Room;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;

/// What producers send to the partition that this node leads, and what they wait for before they
/// are answered: that records are committed, or flushed. Belongs to the partition's shard.
final class Appends {
    private static final AppendResult TIMED_OUT =
            refused(
                    Errors.REQUEST_TIMED_OUT,
                    "the records were appended, and not in time by enough replicas");

    private final Partition partition;
    private final LogKeeper keeper;
    private final AckQueue<AppendResult> committing;
    private final AckQueue<AppendResult> flushing;
    private long uncommittedBytes;

    Appends(Partition partition, Clock clock) {
        this.partition = partition;
        this.keeper = partition.keeper();
        this.committing = new AckQueue<>(partition.shard(), clock, TIMED_OUT);
        this.flushing = new AckQueue<>(partition.shard(), clock, TIMED_OUT);
    }

    /// See [Partition#append]; this node leads.
    void append(ByteBuffer records, boolean all, int timeoutMs, Consumer<AppendResult> reply) {
        if (all && !hasEnoughReplicas()) {
            reply.accept(tooFewReplicas(Errors.NOT_ENOUGH_REPLICAS));
            return;
        }
        if (keeper.room() != Room.ENOUGH) {
            reply.accept(storageFailure(keeper.fullSentence()));
            return;
        }
        var result = appendToLog(records);
        switch (result) {
            case AppendResult.Appended appended ->
                    answer(appended.lastOffset() + 1, all, timeoutMs, result, reply);
            case AppendResult.Duplicate copy ->
                    answer(copy.lastOffset() + 1, all, timeoutMs, result, reply);
            case AppendResult.Refused _ -> reply.accept(result);
        }
    }

    /// Whether `acks=all` can be promised now: enough replicas are in sync for
    /// `min.insync.replicas`.
    private boolean hasEnoughReplicas() {
        var now = partition.view();
        return now.image().isr().size() >= now.minIsr();
    }

    private AppendResult appendToLog(ByteBuffer records) {
        try {
            var result =
                    keeper.log()
                            .append(
                                    records,
                                    AppendMode.CLIENT,
                                    partition.role().leaderEpoch(),
                                    partition.wallMs());
            if (result instanceof AppendResult.Appended appended) {
                uncommittedBytes += appended.sizeBytes();
                keeper.onAppended(appended.sizeBytes());
                partition.role().onPromised();
            }
            return result;
        } catch (KafkaStorageException e) {
            return storageFailure(e.getMessage());
        } catch (RuntimeException e) {
            return storageFailure(
                    keeper.survives(e)
                            ? "the disk refused (%s): try again".formatted(e.getMessage())
                            : e.getMessage());
        }
    }

    private void answer(
            long endOffset,
            boolean all,
            int timeoutMs,
            AppendResult result,
            Consumer<AppendResult> reply) {
        if (endOffset <= (all ? partition.highWatermark() : keeper.promisedEnd())) {
            reply.accept(result);
        } else if (all) {
            committing.add(endOffset, timeoutMs, result, reply);
        } else {
            flushing.add(endOffset, AckQueue.NO_TIMEOUT, result, reply);
        }
    }

    /// Records came from another node.
    void onBytesAppended(int bytes) {
        uncommittedBytes += bytes;
    }

    /// What of the uncommitted bytes lies below `offset`, by the share of its records; they are
    /// uncommitted no longer.
    ///
    /// @param highWatermark up to where records were committed before
    long commitBytes(long highWatermark, long offset) {
        long records = keeper.log().logEndOffset() - highWatermark;
        long passed = offset - highWatermark;
        long bytes = passed >= records ? uncommittedBytes : uncommittedBytes * passed / records;
        uncommittedBytes -= bytes;
        return bytes;
    }

    /// Records below `offset` are committed.
    void onCommitted(long offset) {
        committing.advance(offset);
    }

    /// Records below [LogKeeper#promisedEnd()] became durable.
    void onFlushed() {
        flushing.advance(keeper.promisedEnd());
    }

    /// Nothing is left that could be committed.
    void onLogFailed() {
        uncommittedBytes = 0;
    }

    /// Too few replicas are in sync for what was appended and is not committed.
    void refuseUncommitted() {
        if (!committing.isEmpty()) {
            committing.refuseAll(tooFewReplicas(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
        }
    }

    void refuseAll(AppendResult refusal) {
        committing.refuseAll(refusal);
        flushing.refuseAll(refusal);
    }

    private AppendResult tooFewReplicas(Errors error) {
        var now = partition.view();
        return refused(
                error,
                "%s has %d replicas in sync, min.insync.replicas is %d"
                        .formatted(partition.name(), now.image().isr().size(), now.minIsr()));
    }

    static AppendResult storageFailure(String message) {
        return refused(Errors.KAFKA_STORAGE_ERROR, message);
    }

    static AppendResult refused(Errors error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }
}
