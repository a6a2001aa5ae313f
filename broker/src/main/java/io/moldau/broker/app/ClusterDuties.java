package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.partition.Partitions;
import io.moldau.broker.partition.Replication;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.MetadataQuorum;

/// What the node does for and with the others: it is known to them, and keeps replicas with them.
final class ClusterDuties implements AutoCloseable {
    private final BrokerConfig config;
    private final MetadataQuorum quorum;
    private final Partitions partitions;
    private volatile long nodeEpoch = -1;
    private Replication replication;

    ClusterDuties(BrokerConfig config, MetadataQuorum quorum, Partitions partitions) {
        this.config = config;
        this.quorum = quorum;
        this.partitions = partitions;
    }

    /// Tells the cluster where this node is reached.
    ///
    /// @throws StartupException it has no place for the node
    void register(Registration registration) {
        var known = quorum.image().node(registration.nodeId());
        var outcome =
                quorum.submit(registration.command(known == null ? -1 : known.nodeEpoch())).join();
        if (outcome instanceof Outcome.Refused(_, var message)) {
            throw new StartupException(
                    ExitReason.FAILURE, "the cluster refused this node: " + message);
        }
        var node = quorum.image().node(registration.nodeId());
        nodeEpoch = node.nodeEpoch();
        if (node.fenced()) {
            quorum.submit(new MetadataCommand.UnfenceNode(node.id(), nodeEpoch)).join();
        }
    }

    /// Leads and follows partitions together with other nodes from now on.
    void replicate(ClusterPart.PeerLink peers) {
        replication =
                Replication.start(
                        partitions,
                        peers.server(),
                        peers.channels(),
                        quorum::submit,
                        () -> nodeEpoch,
                        ReplicationSettings.DEFAULT.withLagTimeMaxMs(
                                config.getLong("replica.lag.time.max.ms")));
    }

    @Override
    public void close() {
        if (replication != null) {
            replication.close();
        }
    }
}
