package io.moldau.broker.partition;

import io.moldau.env.Clock;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletions of a partition's oldest records that clients ask for. A client is answered once every
/// replica in sync has forgotten the records, so that none of them comes back with the next leader.
/// Belongs to the partition's shard.
///
/// Source: KIP-107.
public final class Deletions {
    private static final Logger LOGGER = LoggerFactory.getLogger(Deletions.class);
    private static final long UP_TO_HIGH_WATERMARK = -1;

    private final Partition partition;
    private final AckQueue<DeletedUpTo> waiting;

    Deletions(Partition partition, Clock clock) {
        this.partition = partition;
        this.waiting =
                new AckQueue<>(
                        partition.shard(), clock, DeletedUpTo.refused(Errors.REQUEST_TIMED_OUT));
    }

    /// Drops records below `offset`, or below the high watermark for −1, and tells `reply` when
    /// that is so on every replica in sync. On the shard only.
    public void delete(long offset, int timeoutMs, Consumer<DeletedUpTo> reply) {
        var result = deleteHere(offset);
        if (result.error() != Errors.NONE || lowWatermark() >= result.logStartOffset()) {
            reply.accept(result);
        } else {
            waiting.add(result.logStartOffset(), timeoutMs, result, reply);
        }
    }

    private DeletedUpTo deleteHere(long offset) {
        if (!partition.role().leads()) {
            return DeletedUpTo.refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        try {
            long committed = partition.highWatermark();
            long target = offset == UP_TO_HIGH_WATERMARK ? committed : offset;
            if (target < 0 || target > committed) {
                return DeletedUpTo.refused(Errors.OFFSET_OUT_OF_RANGE);
            }
            partition.log().advanceLogStart(target);
            if (partition.role() instanceof LeaderRole leader) {
                leader.onLogStart();
            }
            return new DeletedUpTo(partition.log().logStartOffset(), Errors.NONE);
        } catch (KafkaStorageException e) {
            LOGGER.atDebug().addKeyValue("partition", partition).setCause(e).log("not deleted");
            return DeletedUpTo.refused(Errors.KAFKA_STORAGE_ERROR);
        } catch (RuntimeException e) {
            partition.keeper().fail(e);
            return DeletedUpTo.refused(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /// Below it no replica in sync has anything any more.
    private long lowWatermark() {
        return partition.role() instanceof LeaderRole leader
                ? leader.lowWatermark()
                : partition.logStartOffset();
    }

    /// A follower has forgotten records, or need not any more.
    void onFollowers() {
        if (!waiting.isEmpty()) {
            waiting.advance(lowWatermark());
        }
    }

    /// This node cannot say any more when they are gone.
    void refuse(Errors error) {
        waiting.refuseAll(DeletedUpTo.refused(error));
    }
}
