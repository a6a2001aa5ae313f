package io.moldau.broker.partition;

import io.moldau.broker.replication.stream.Cursor;
import io.moldau.broker.replication.stream.FrameDraft;
import io.moldau.broker.replication.stream.LedPartition;
import io.moldau.broker.shard.Shard;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A partition as its followers' streams see it, in whatever role it is.
///
/// A follower may have learned sooner than this node that this node leads: then it waits here until
/// the metadata has come, and need not ask again.
final class LedSide implements LedPartition {
    private static final Logger LOGGER = LoggerFactory.getLogger(LedSide.class);

    private final Partition partition;
    private List<EarlyOpen> early = List.of();

    private record EarlyOpen(
            Cursor follower, int leaderEpoch, long fetchOffset, int lastFetchedEpoch) {}

    LedSide(Partition partition) {
        this.partition = partition;
    }

    @Override
    public Shard shard() {
        return partition.shard();
    }

    @Override
    public void onOpened(Cursor follower, int leaderEpoch, long fetchOffset, int lastFetchedEpoch) {
        forget(open -> open.follower().nodeId() == follower.nodeId());
        if (leaderEpoch > partition.role().leaderEpoch()) {
            if (early.isEmpty()) {
                early = new ArrayList<>(2);
            }
            early.add(new EarlyOpen(follower, leaderEpoch, fetchOffset, lastFetchedEpoch));
            return;
        }
        if (partition.role() instanceof LeaderRole leader) {
            partition.guarded(
                    () -> leader.onOpened(follower, leaderEpoch, fetchOffset, lastFetchedEpoch));
        } else {
            follower.refuse(Errors.NOT_LEADER_OR_FOLLOWER, partition.role().leaderEpoch());
        }
    }

    private void forget(Predicate<EarlyOpen> which) {
        if (!early.isEmpty()) {
            early.removeIf(which);
        }
    }

    /// The partition has another role, or its leader another epoch.
    void onRole() {
        if (!early.isEmpty()) {
            var waiting = early;
            early = List.of();
            waiting.forEach(open ->
                    onOpened(
                            open.follower(),
                            open.leaderEpoch(),
                            open.fetchOffset(),
                            open.lastFetchedEpoch()));
        }
    }

    @Override
    public void onAcknowledged(Cursor follower, long logEndOffset) {
        if (partition.role() instanceof LeaderRole leader) {
            partition.guarded(() -> leader.onAcknowledged(follower, logEndOffset));
        }
    }

    @Override
    public void onDoubted(Cursor follower, long offset) {
        if (partition.role() instanceof LeaderRole leader) {
            partition.guarded(() -> leader.onDoubted(follower, offset));
        }
    }

    @Override
    public void onLost(Cursor follower) {
        forget(open -> open.follower().equals(follower));
        if (partition.role() instanceof LeaderRole leader) {
            partition.guarded(() -> leader.onLost(follower));
        }
    }

    @Override
    public void fill(Cursor follower, FrameDraft frame) {
        if (!(partition.role() instanceof LeaderRole leader)) {
            tell(follower, frame);
            return;
        }
        try {
            leader.fill(follower, frame);
        } catch (KafkaStorageException _) {
            follower.refuse(Errors.KAFKA_STORAGE_ERROR, leader.leaderEpoch());
        } catch (UncheckedIOException e) {
            follower.refuse(Errors.KAFKA_STORAGE_ERROR, leader.leaderEpoch());
            partition.keeper().survivesQuestion(e);
        } catch (RuntimeException e) {
            LOGGER.atError().addKeyValue("partition", partition).setCause(e).log("nothing sent");
            follower.refuse(Errors.UNKNOWN_SERVER_ERROR, leader.leaderEpoch());
        }
    }

    /// The refusal, when that is all there is to say.
    private void tell(Cursor follower, FrameDraft frame) {
        if (follower.isAnswerDue()) {
            frame.add(follower.news(partition.role().leaderEpoch(), -1, -1, -1));
        }
    }
}
