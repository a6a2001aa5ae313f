package io.moldau.broker.partition;

import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.broker.replication.stream.FollowedPartition;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.Outcome;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// What the partitions need of the other nodes.
interface Peers {
    /// From now on the partition is told of streams to that node. On its shard.
    void follow(int leaderId, FollowedPartition partition);

    void unfollow(int leaderId, FollowedPartition partition);

    /// Has the cluster decide who is in sync.
    CompletableFuture<Outcome> changeIsr(ChangeIsr command);

    /// Has the cluster go on without this node's replica, which cannot be used; another one leads
    /// if it may. Nothing is asked for that would change nothing.
    ///
    /// @param lost whether something that counted may be gone
    /// @param renewing whether this node, where no other may lead, is to lead in a new epoch
    void giveUp(Uuid topicId, int partition, boolean lost, boolean renewing);

    ReplicationSettings settings();

    /// What may catch up only so fast.
    ReplicationQuotas quotas();

    /// What this node sends to those who catch up, of partitions that [#quotas()] bound.
    ByteRate sendingRate();

    /// What it takes as one who catches up.
    ByteRate takingRate();

    /// Nodes registered, were fenced, moved or went. On the thread that applies the metadata.
    void onNodesChanged(ClusterImage before, ClusterImage after);

    ByteRate UNBOUNDED = new ByteRate(() -> Long.MAX_VALUE, 0);

    /// A node that cannot be reached and reaches nobody.
    Peers NONE =
            new Peers() {
                @Override
                public void follow(int leaderId, FollowedPartition partition) {
                    // When there are peers, everyone is told.
                }

                @Override
                public void unfollow(int leaderId, FollowedPartition partition) {
                    // Nothing was followed.
                }

                @Override
                public CompletableFuture<Outcome> changeIsr(ChangeIsr command) {
                    return CompletableFuture.failedFuture(
                            new IllegalStateException("this node has no peers"));
                }

                @Override
                public void giveUp(Uuid topicId, int partition, boolean lost, boolean renewing) {
                    // Nobody else could lead. With peers it is asked for again.
                }

                @Override
                public ReplicationSettings settings() {
                    return ReplicationSettings.DEFAULT;
                }

                @Override
                public ReplicationQuotas quotas() {
                    return ReplicationQuotas.NONE;
                }

                @Override
                public ByteRate sendingRate() {
                    return UNBOUNDED;
                }

                @Override
                public ByteRate takingRate() {
                    return UNBOUNDED;
                }

                @Override
                public void onNodesChanged(ClusterImage before, ClusterImage after) {
                    // Nobody is dialled.
                }
            };
}
