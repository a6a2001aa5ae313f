package io.moldau.broker.app;

import io.moldau.broker.api.AddRaftVoterHandler;
import io.moldau.broker.api.AlterConfigsHandler;
import io.moldau.broker.api.AlterPartitionReassignmentsHandler;
import io.moldau.broker.api.ApiVersionsHandler;
import io.moldau.broker.api.BrokerFeatures;
import io.moldau.broker.api.CreatePartitionsHandler;
import io.moldau.broker.api.CreateTopicsHandler;
import io.moldau.broker.api.DeleteGroupsHandler;
import io.moldau.broker.api.DeleteRecordsHandler;
import io.moldau.broker.api.DeleteTopicsHandler;
import io.moldau.broker.api.DescribeClusterHandler;
import io.moldau.broker.api.DescribeConfigsHandler;
import io.moldau.broker.api.DescribeGroupsHandler;
import io.moldau.broker.api.DescribeLogDirsHandler;
import io.moldau.broker.api.DescribeProducersHandler;
import io.moldau.broker.api.DescribeQuorumHandler;
import io.moldau.broker.api.DescribeTopicPartitionsHandler;
import io.moldau.broker.api.ElectLeadersHandler;
import io.moldau.broker.api.FetchHandler;
import io.moldau.broker.api.FindCoordinatorHandler;
import io.moldau.broker.api.HeartbeatHandler;
import io.moldau.broker.api.IncrementalAlterConfigsHandler;
import io.moldau.broker.api.InitProducerIdHandler;
import io.moldau.broker.api.JoinGroupHandler;
import io.moldau.broker.api.LeaveGroupHandler;
import io.moldau.broker.api.ListConfigResourcesHandler;
import io.moldau.broker.api.ListGroupsHandler;
import io.moldau.broker.api.ListOffsetsHandler;
import io.moldau.broker.api.ListPartitionReassignmentsHandler;
import io.moldau.broker.api.LogDirs;
import io.moldau.broker.api.LogLevels;
import io.moldau.broker.api.MetadataAccess;
import io.moldau.broker.api.MetadataHandler;
import io.moldau.broker.api.NewTopics;
import io.moldau.broker.api.NodeAddresses;
import io.moldau.broker.api.OffsetCommitHandler;
import io.moldau.broker.api.OffsetDeleteHandler;
import io.moldau.broker.api.OffsetFetchHandler;
import io.moldau.broker.api.OffsetForLeaderEpochHandler;
import io.moldau.broker.api.OffsetsTopic;
import io.moldau.broker.api.ProduceHandler;
import io.moldau.broker.api.ProducerIds;
import io.moldau.broker.api.RemoveRaftVoterHandler;
import io.moldau.broker.api.RequestHandler;
import io.moldau.broker.api.RequestRouter;
import io.moldau.broker.api.SaslAuthenticateHandler;
import io.moldau.broker.api.SaslHandshakeHandler;
import io.moldau.broker.api.SettingChanges;
import io.moldau.broker.api.SyncGroupHandler;
import io.moldau.broker.api.UnregisterBrokerHandler;
import io.moldau.broker.api.Visibility;
import io.moldau.broker.api.VoterChanges;
import io.moldau.broker.config.ConfigService;
import io.moldau.broker.fetch.FetchSessions;
import io.moldau.broker.fetch.NearestReplica;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupStore;
import io.moldau.broker.partition.Partitions;
import io.moldau.env.Clock;
import io.moldau.quorum.MetadataQuorum;
import java.util.ArrayList;
import java.util.List;

/// Every API key that this node serves, with what its handler needs.
final class Handlers {
    private final ConfigService config;
    private final Clock clock;
    private final MetadataQuorum quorum;
    private final Partitions partitions;
    private final GroupCoordinator groups;
    private final VoterChanges voters;
    private final NodeAddresses addresses;
    private final GroupStore store;
    private final MetadataAccess metadata;
    private final OffsetsTopic offsetsTopic;

    Handlers(
            ConfigService config,
            Clock clock,
            MetadataQuorum quorum,
            Partitions partitions,
            GroupCoordinator groups,
            Visibility visibility,
            VoterChanges voters) {
        this.config = config;
        this.clock = clock;
        this.quorum = quorum;
        this.partitions = partitions;
        this.groups = groups;
        this.voters = voters;
        this.addresses = NodeAddresses.advertisedTo(partitions.nodeId());
        this.store = GroupStore.of(quorum);
        this.metadata = MetadataAccess.of(quorum, visibility);
        var broker = config.current();
        this.offsetsTopic =
                new OffsetsTopic(
                        metadata,
                        broker.getInt("offsets.topic.num.partitions"),
                        broker.getShort("offsets.topic.replication.factor"),
                        broker.getInt("offsets.topic.segment.bytes"));
    }

    RequestRouter router() {
        List<RequestHandler<?, ?>> handlers = new ArrayList<>();
        handlers.addAll(recordHandlers());
        handlers.addAll(groupHandlers());
        handlers.addAll(topicHandlers());
        handlers.addAll(settingHandlers());
        handlers.addAll(operationHandlers());
        handlers.add(new SaslHandshakeHandler());
        handlers.add(new SaslAuthenticateHandler());
        handlers.add(
                new ApiVersionsHandler(
                        handlers,
                        BrokerFeatures::none,
                        () -> quorum.image().clusterId(),
                        partitions.nodeId()));
        return new RequestRouter(handlers);
    }

    private List<RequestHandler<?, ?>> recordHandlers() {
        var broker = config.current();
        var sessions =
                new FetchSessions(
                        broker.getInt("max.incremental.fetch.session.cache.slots"), clock);
        return List.of(
                new ProduceHandler(partitions, addresses),
                new FetchHandler(
                        partitions,
                        sessions,
                        addresses,
                        broker.getInt("fetch.max.bytes"),
                        NearestReplica.named(broker.find("replica.selector.class").orElse(""))),
                new ListOffsetsHandler(partitions),
                new DeleteRecordsHandler(partitions),
                new OffsetForLeaderEpochHandler(partitions));
    }

    private List<RequestHandler<?, ?>> topicHandlers() {
        var newTopics = new NewTopics(metadata, config::current);
        return List.of(
                new MetadataHandler(metadata, addresses, newTopics, offsetsTopic),
                new DescribeClusterHandler(metadata, addresses),
                new DescribeTopicPartitionsHandler(metadata, addresses),
                new CreateTopicsHandler(metadata, newTopics, config::current),
                new DeleteTopicsHandler(metadata, config::current),
                new CreatePartitionsHandler(metadata));
    }

    private List<RequestHandler<?, ?>> settingHandlers() {
        var levels = LogLevels.ofThisProcess();
        var changes = new SettingChanges(partitions.nodeId(), metadata, config::current, levels);
        return List.of(
                new DescribeConfigsHandler(partitions.nodeId(), metadata, config::current, levels),
                new AlterConfigsHandler(changes),
                new IncrementalAlterConfigsHandler(changes),
                new ListConfigResourcesHandler(metadata));
    }

    private List<RequestHandler<?, ?>> operationHandlers() {
        return List.of(
                new InitProducerIdHandler(new ProducerIds(partitions.nodeId(), metadata)),
                new DescribeProducersHandler(partitions),
                new DescribeLogDirsHandler(LogDirs.of(partitions)),
                new DescribeQuorumHandler(metadata, quorum::describe, addresses),
                new AddRaftVoterHandler(metadata, voters),
                new RemoveRaftVoterHandler(metadata, voters),
                new UnregisterBrokerHandler(metadata, voters),
                new ElectLeadersHandler(metadata),
                new AlterPartitionReassignmentsHandler(metadata),
                new ListPartitionReassignmentsHandler(metadata));
    }

    private List<RequestHandler<?, ?>> groupHandlers() {
        var broker = config.current();
        return List.of(
                new FindCoordinatorHandler(metadata, offsetsTopic, addresses),
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new OffsetCommitHandler(
                        groups, store, broker.getInt("offset.metadata.max.bytes"), clock),
                new OffsetFetchHandler(groups, store),
                new OffsetDeleteHandler(groups, store),
                new ListGroupsHandler(groups),
                new DescribeGroupsHandler(groups),
                new DeleteGroupsHandler(groups));
    }
}
