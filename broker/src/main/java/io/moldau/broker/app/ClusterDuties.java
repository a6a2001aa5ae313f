package io.moldau.broker.app;

import io.moldau.broker.api.Visibility;
import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.partition.Partitions;
import io.moldau.broker.partition.Replication;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.controller.ControllerSettings;
import io.moldau.quorum.session.Controller;
import io.moldau.quorum.session.NodeSession;
import io.moldau.quorum.session.Registration;
import io.moldau.quorum.session.SessionService;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the node does for and with the others: it is known to them, keeps replicas with them, and
/// is their controller while it leads the quorum.
final class ClusterDuties implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterDuties.class);

    /// Longest that a stop waits for others to take over what this node leads.
    private static final long HAND_OVER_MS_MAX = 20_000;

    /// An election takes less.
    private static final long LEADERLESS_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_MS = 5;

    private static final Visibility ALONE = Visibility.ofOneNode();

    private final BrokerConfig config;
    private final MetadataQuorum quorum;
    private final Partitions partitions;
    private final CompletableFuture<String> failure;
    private final Controller controller;
    private final Supplier<PeerChannels> channels;
    private volatile Optional<ClusterPart.PeerLink> link = Optional.empty();
    private volatile NodeSession session;
    private boolean registered;
    private Replication replication;

    /// @param failure completed when the cluster has no place for this process any more
    ClusterDuties(
            BrokerConfig config,
            MetadataQuorum quorum,
            Partitions partitions,
            CompletableFuture<String> failure) {
        this.config = config;
        this.quorum = quorum;
        this.partitions = partitions;
        this.failure = failure;
        this.channels = () -> link.orElseThrow().channels();
        this.controller =
                Controller.open(quorum, config.nodeId(), channels, controllerSettings(config));
    }

    private static ControllerSettings controllerSettings(BrokerConfig config) {
        var defaults = ControllerSettings.DEFAULTS;
        return new ControllerSettings(
                config.getLong("broker.session.timeout.ms"),
                defaults.breakGraceMs(),
                config.getLong("quorum.voter.replace.after.ms"),
                config.getBoolean("auto.leader.rebalance.enable"),
                config.getLong("leader.imbalance.check.interval.seconds") * 1_000,
                config.getShort("offsets.topic.replication.factor"),
                defaults.transactionsReplicationFactor());
    }

    /// Takes part with other nodes from now on: leads and follows partitions together with them,
    /// and keeps their sessions while it is the controller.
    void begin(ClusterPart.PeerLink peers) {
        link = Optional.of(peers);
        var clusterId = (Supplier<String>) () -> quorum.image().clusterId();
        peers.server().serve(new SessionService(controller, clusterId).bindService());
        replicate();
    }

    /// Not before the registration: until then the metadata here may show this node's former life,
    /// and as the leader that it was it would have others cut what it lost itself.
    private synchronized void onRegistered() {
        registered = true;
        replicate();
    }

    private synchronized void replicate() {
        if (!registered || link.isEmpty() || replication != null) {
            return;
        }
        var peers = link.get();
        replication =
                Replication.start(
                        partitions,
                        peers.server(),
                        peers.channels(),
                        quorum::submit,
                        () -> session.nodeEpoch(),
                        ReplicationSettings.DEFAULT.withLagTimeMaxMs(
                                config.getLong("replica.lag.time.max.ms")));
    }

    /// Tells the cluster where this node is reached, and returns when it is known and counted on.
    ///
    /// @throws StartupException the cluster has no place for the node
    void register(Registration registration) {
        var refused = new CompletableFuture<Void>();
        session =
                NodeSession.open(
                        quorum,
                        channels,
                        controller,
                        registration,
                        () -> partitions.visibleIndex(quorum.image()),
                        config.getLong("broker.session.timeout.ms"),
                        why -> {
                            refused.completeExceptionally(
                                    new StartupException(
                                            ExitReason.FAILURE,
                                            "the cluster refused this node: " + why));
                            failure.complete(why);
                        });
        quorum.onPublished((before, after) -> {
            if (!after.topicChangesSince(before).isEmpty()) {
                session.reportVisible();
            }
        });
        try {
            var ended =
                    failure.thenAccept(why -> {
                        throw new StartupException(ExitReason.FAILURE, why);
                    });
            CompletableFuture.anyOf(session.registered(), refused, ended).join();
            onRegistered();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof StartupException refusal ? refusal : failed;
        }
    }

    /// How far the others have come.
    Visibility visibility() {
        return new Visibility() {
            @Override
            public CompletableFuture<Boolean> await(long index, long waitMsMax) {
                return hasOthers(quorum.image())
                        ? session.awaitVisible(index, waitMsMax)
                        : ALONE.await(index, waitMsMax);
            }

            @Override
            public boolean hasLost(NodeImage node) {
                var at = node.clusterAddress();
                return link.isPresent()
                        && at != null
                        && node.id() != config.nodeId()
                        && channels.get().hasLost(new PeerAddress(at.host(), at.port()));
            }
        };
    }

    private boolean hasOthers(ClusterImage image) {
        return image.nodes().values().stream().anyMatch(this::isLivingOther);
    }

    private boolean isLivingOther(NodeImage node) {
        return node.id() != config.nodeId() && !node.fenced();
    }

    /// Lets others lead what this node leads, as far as there are others: the partitions first, and
    /// then the quorum. While this goes on, its clients are served.
    void handOver() {
        var open = session;
        if (open != null
                && config.getBoolean("controlled.shutdown.enable")
                && hasOthers(quorum.image())) {
            awaitHandOver(open.shutDown(HAND_OVER_MS_MAX));
            quorum.handOver().join();
        }
    }

    /// Where nobody leads the quorum any more, as when all nodes stop at once, nobody takes over.
    private void awaitHandOver(CompletableFuture<Void> handedOver) {
        long ledAtNanos = System.nanoTime();
        try {
            while (!handedOver.isDone()) {
                if (quorum.leaderId().isPresent()) {
                    ledAtNanos = System.nanoTime();
                } else if (System.nanoTime() - ledAtNanos > LEADERLESS_NANOS_MAX) {
                    LOGGER.atInfo().log("stops without handing over: nobody is left to ask");
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (replication != null) {
            replication.close();
        }
        if (session != null) {
            session.close();
        }
        controller.close();
    }
}
