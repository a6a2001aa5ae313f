package io.moldau.broker.partition;

import io.grpc.Channel;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.broker.replication.stream.FollowedPartition;
import io.moldau.broker.replication.stream.ReceivingSide;
import io.moldau.broker.replication.stream.SendingSide;
import io.moldau.broker.shard.Shard;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes this node's partitions leaders and followers of those on other nodes, for as long as it
/// runs.
public final class Replication implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Replication.class);

    /// How often leaders look whether a follower has fallen behind. Only this node's own memory is
    /// looked at: nothing goes over the wire.
    private static final long TICK_MS = 1_000;

    private final Partitions partitions;
    private final PeerChannels channels;
    private final Function<MetadataCommand, CompletableFuture<Outcome>> decisions;
    private final LongSupplier nodeEpoch;
    private final ReplicationSettings settings;
    private final ReplicationQuotas quotas;
    private final ByteRate sendingRate;
    private final ByteRate takingRate;
    private final SendingSide sending;
    private final ReceivingSide receiving;
    private volatile boolean closed;

    private Replication(
            Partitions partitions,
            PeerChannels channels,
            Function<MetadataCommand, CompletableFuture<Outcome>> decisions,
            LongSupplier nodeEpoch,
            ReplicationSettings settings) {
        this.partitions = partitions;
        this.channels = channels;
        this.decisions = decisions;
        this.nodeEpoch = nodeEpoch;
        this.settings = settings;
        this.quotas = partitions.quotas();
        this.sendingRate = new ByteRate(quotas.leaderRate(), System.nanoTime());
        this.takingRate = new ByteRate(quotas.followerRate(), System.nanoTime());
        int nodeId = partitions.nodeId();
        var clusterId = partitions.image().clusterId();
        this.sending =
                new SendingSide(nodeId, clusterId, partitions::led, SendingSide.WINDOW_BYTES);
        this.receiving =
                new ReceivingSide(
                        nodeId, clusterId, nodeEpoch, this::channelTo, partitions.shards());
    }

    /// @param partitions started with an image that names the cluster
    /// @param decisions has the cluster decide; completes when this node has applied the decision
    /// @param nodeEpoch of this process's registration, or -1 while it has none
    public static Replication start(
            Partitions partitions,
            PeerServer server,
            PeerChannels channels,
            Function<MetadataCommand, CompletableFuture<Outcome>> decisions,
            LongSupplier nodeEpoch,
            ReplicationSettings settings) {
        var started = new Replication(partitions, channels, decisions, nodeEpoch, settings);
        server.serveQuick(started.sending.service());
        partitions.meet(started.new Others());
        partitions.shards().all().forEach(started::tickLater);
        return started;
    }

    private @Nullable Channel channelTo(int nodeId) {
        var node = partitions.image().node(nodeId);
        if (node == null || node.clusterAddress() == null) {
            return null;
        }
        var at = node.clusterAddress();
        return channels.to(new PeerAddress(at.host(), at.port()));
    }

    private void tickLater(Shard shard) {
        shard.schedule(
                TICK_MS,
                () -> {
                    if (!closed) {
                        tick(shard);
                        tickLater(shard);
                    }
                });
    }

    private void tick(Shard shard) {
        receiving.renew();
        for (var partition : partitions.all()) {
            if (partition.shard().equals(shard)) {
                partition.roles().tick();
            }
        }
    }

    private final class Others implements Peers {
        @Override
        public void follow(int leaderId, FollowedPartition partition) {
            receiving.follow(leaderId, partition);
        }

        @Override
        public void unfollow(int leaderId, FollowedPartition partition) {
            receiving.unfollow(leaderId, partition);
        }

        @Override
        public CompletableFuture<Outcome> changeIsr(ChangeIsr command) {
            return decisions.apply(command);
        }

        @Override
        public void giveUp(Uuid topicId, int index, boolean lost, boolean renewing) {
            var image = partitions.image();
            var now = partitionIn(image, topicId, index);
            if (now == null) {
                return;
            }
            int self = partitions.nodeId();
            var command =
                    new GiveUpReplica(
                            self, nodeEpoch.getAsLong(), topicId, index, now.leaderEpoch(), lost);
            var then = partitionIn(MetadataMachine.decide(command, image).image(), topicId, index);
            boolean helps = !now.equals(then) && (renewing || then.leader() != self);
            if (!helps) {
                return;
            }
            LOGGER.atInfo()
                    .addKeyValue("topicId", topicId)
                    .addKeyValue("partition", index)
                    .addKeyValue("leaderEpoch", now.leaderEpoch())
                    .log("replica given up");
            var _ =
                    decisions
                            .apply(command)
                            .exceptionally(failure -> {
                                LOGGER.atInfo().setCause(failure).log("replica not given up yet");
                                return null;
                            });
        }

        private @Nullable PartitionImage partitionIn(ClusterImage image, Uuid topicId, int index) {
            var topic = image.topic(topicId);
            return topic == null ? null : topic.partitions().get(index);
        }

        @Override
        public ReplicationSettings settings() {
            return settings;
        }

        @Override
        public ReplicationQuotas quotas() {
            return quotas;
        }

        @Override
        public ByteRate sendingRate() {
            return sendingRate;
        }

        @Override
        public ByteRate takingRate() {
            return takingRate;
        }

        @Override
        public void onNodesChanged(ClusterImage before, ClusterImage after) {
            receiving.renew();
            after.nodes()
                    .forEach((id, node) -> {
                        if (!node.equals(before.node(id))) {
                            receiving.hurry(id);
                        }
                    });
        }
    }

    /// Cuts every stream. The partitions stay as they are, without news.
    @Override
    public void close() {
        closed = true;
        receiving.close();
        sending.close();
    }
}
