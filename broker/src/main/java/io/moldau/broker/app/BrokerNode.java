package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ConfigService;
import io.moldau.broker.console.NodeView;
import io.moldau.broker.disk.DiskWatch;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupSettings;
import io.moldau.broker.group.GroupStore;
import io.moldau.broker.net.BindFailedException;
import io.moldau.broker.net.BoundListener;
import io.moldau.broker.net.Endpoint;
import io.moldau.broker.partition.Cleaner;
import io.moldau.broker.partition.CleanerLimits;
import io.moldau.broker.partition.LogStore;
import io.moldau.broker.partition.Maintenance;
import io.moldau.broker.partition.Partitions;
import io.moldau.broker.partition.ReplicationQuotas;
import io.moldau.broker.partition.Scrubber;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.NodeEndpoint;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.QuorumStartException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running node.
///
/// It starts from the inside out (directories, quorum, partitions, groups, sockets) and stops the
/// other way round, so that nothing is asked of what is not there.
public final class BrokerNode implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerNode.class);

    private final Clock clock;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CompletableFuture<String> failure = new CompletableFuture<>();

    private BrokerConfig config;
    private ClusterPart cluster;
    private MetadataQuorum quorum;
    private ClusterDuties duties;
    private Endpoint endpoint;

    private BrokerNode(BrokerConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /// Starts a node; when this returns it serves.
    ///
    /// @throws StartupException it cannot, with one sentence for the operator; nothing is left open
    public static BrokerNode start(BrokerConfig config, Clock clock) {
        var node = new BrokerNode(config, clock);
        try {
            node.open();
            return node;
        } catch (QuorumStartException e) {
            node.close();
            throw new StartupException(ExitReason.DATA_DIRECTORY, e.getMessage(), e);
        } catch (BindFailedException e) {
            node.close();
            throw new StartupException(ExitReason.ADDRESS_IN_USE, e.getMessage(), e);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void open() {
        var directories = DataDirectories.open(config, clock);
        opened.push(directories);
        boolean clean =
                LastStop.keptAll(config.metadataDir(), directories.closedInOrder())
                        && directories.areTheSame();
        cluster = opened(ClusterPart.start(config, directories.identity(), failure));
        config = config.withNodeId(cluster.nodeId());
        quorum = cluster.quorum();
        directories.claim(clusterId(), nodeId(), config.metadataDir(), cluster.directoryId());
        var settings = new ConfigService(config);
        quorum.follow(settings::start, settings);

        var shards = opened(Shards.start(config.getInt("num.io.threads"), "shard", clock));
        var partitions = openPartitions(directories, shards, settings);
        startMaintenance(partitions, shards);
        startScrubber(partitions);
        watchDisks(directories, partitions);
        startCleaner(partitions, shards, settings);

        duties = opened(new ClusterDuties(config, quorum, partitions, failure));
        cluster.link().ifPresent(duties::begin);
        var groups = startGroups();
        var handlers =
                new Handlers(
                        settings,
                        clock,
                        quorum,
                        partitions,
                        groups,
                        duties.visibility(),
                        new QuorumVoters(cluster));
        if (quorum.image().nodes().isEmpty()) {
            writeClusterDefaults();
        }
        endpoint = opened(Endpoint.bind(Listening.netConfig(config), handlers.router()));
        duties.register(
                Registrations.of(
                        config,
                        endpoint.listeners(),
                        cluster.directoryId(),
                        cluster.address(),
                        clean));
        LastStop.forget(config.metadataDir());
        groups.start();
        openAdminPort(new OperatorView(quorum, partitions, settings, directories, failure));
        if (cluster.link().isEmpty()) {
            openToOthersLater();
        }
    }

    /// A node alone serves its clients already; nobody waits for its port for other nodes.
    private void openToOthersLater() {
        var opening =
                Thread.ofPlatform()
                        .name("cluster-port")
                        .daemon(true)
                        .start(() -> cluster.openToOthers().ifPresent(duties::begin));
        // What it opens must not be forgotten by a stop that comes just then.
        opened.push(opening::join);
    }

    private void openAdminPort(NodeView view) {
        var cluster = config.cluster();
        cluster.admin()
                .ifPresent(at ->
                        opened(
                                cluster.adminNamed()
                                        ? AdminPort.open(at, view)
                                        : AdminPort.openBeside(at, view)));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private Partitions openPartitions(
            DataDirectories directories, Shards shards, ConfigService settings) {
        var store = opened(new LogStore(directories.all()));
        var partitions =
                new Partitions(
                        nodeId(),
                        shards,
                        store,
                        clock,
                        settings::logConfig,
                        settings::minInsyncReplicas);
        partitions.bound(
                new ReplicationQuotas(
                        settings::overridesOf,
                        () -> settings.current().getLong("leader.replication.throttled.rate"),
                        () -> settings.current().getLong("follower.replication.throttled.rate")));
        partitions.recoverWith(settings.current().getInt("num.recovery.threads.per.data.dir"));
        settings.onTopicConfigChanged(partitions::reconfigure);
        settings.onBrokerConfigChanged(_ -> partitions.reconfigureAll());
        quorum.follow(partitions::start, partitions::onPublished);
        return partitions;
    }

    private void startMaintenance(Partitions partitions, Shards shards) {
        var maintenance =
                new Maintenance(
                        partitions,
                        shards,
                        config.getLong("log.retention.check.interval.ms"),
                        config.getLong("log.flush.offset.checkpoint.interval.ms"));
        maintenance.start();
        opened.push(maintenance::stop);
    }

    private void startScrubber(Partitions partitions) {
        opened(
                Scrubber.start(
                        partitions,
                        config.getLong("log.scrub.interval.ms"),
                        config.getLong("log.scrub.bytes.per.second")));
    }

    private void watchDisks(DataDirectories directories, Partitions partitions) {
        var descriptors = new DescriptorAlarm(Descriptors.limit());
        opened(
                DiskWatch.start(
                        directories.watched(),
                        clock,
                        directory -> {
                            partitions.onDisk(directory);
                            directories.fatal(directory).ifPresent(failure::complete);
                        },
                        () -> descriptors.look(Descriptors.used())));
    }

    private void startCleaner(Partitions partitions, Shards shards, ConfigService settings) {
        if (config.getBoolean("log.cleaner.enable")) {
            var cleaner =
                    new Cleaner(
                            partitions,
                            shards,
                            clock,
                            () ->
                                    CleanerLimits.read(
                                            settings.current()::getLong,
                                            settings.current()::getDouble));
            opened(cleaner).start();
        }
    }

    private GroupCoordinator startGroups() {
        var shards = opened(Shards.start(1, "group", clock));
        var settings = GroupSettings.read(config::getLong);
        var groups =
                opened(
                        new GroupCoordinator(
                                nodeId(), shards, GroupStore.of(quorum), settings, clock));
        quorum.onPublished(groups);
        return groups;
    }

    /// Kafka writes the default of `min.insync.replicas` down for all nodes when it formats, so
    /// that tools show it with every topic. Here the first node of a cluster does.
    private void writeClusterDefaults() {
        var forAll = new ConfigResource(ConfigResource.Type.BROKER, "");
        var change =
                MetadataCommand.ConfigChange.set(
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        Integer.toString(config.getInt(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)));
        quorum.submit(new MetadataCommand.AlterConfigs(forAll, List.of(change), false)).join();
    }

    public String clusterId() {
        return quorum.image().clusterId();
    }

    public int nodeId() {
        return config.nodeId();
    }

    /// The nodes of the cluster at this moment, and this one's part.
    public ClusterSummary cluster() {
        return cluster.summary();
    }

    public BrokerConfig config() {
        return config;
    }

    public List<Path> dataDirs() {
        return config.logDirs();
    }

    /// The listeners with their actual ports.
    public List<BoundListener> listeners() {
        return endpoint.listeners();
    }

    /// What clients are told on each listener: the advertised address, or none where they are told
    /// the one that they dialled.
    public List<NodeEndpoint> addresses() {
        return quorum.image().nodes().get(nodeId()).endpoints();
    }

    /// Completes, with one sentence, when the node cannot go on and its process must stop.
    public CompletableFuture<String> failure() {
        return failure;
    }

    /// Stops in order; what was acknowledged is as durable as its topic asked for.
    @Override
    public void close() {
        if (duties != null) {
            duties.handOver();
        }
        while (!opened.isEmpty()) {
            var part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOGGER.atError().setCause(e).log("a part did not stop cleanly");
            }
        }
    }
}
