package io.moldau.broker.api;

import io.moldau.metadata.NodeImage;
import io.moldau.quorum.QuorumStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeQuorum`, API key 55, versions 0–2.
///
/// The metadata quorum, as its leader knows it, as the one partition of `__cluster_metadata` that
/// Kafka's tools know: Raft's term is the leader epoch; the high watermark is the index after the
/// last committed entry.
///
/// - v1: when each replica was last heard of and last caught up (KIP-836)
/// - v2: directory ids, and where the nodes are reached (KIP-853). Tools that look for controllers
///   are told the nodes' client listeners: there are no others
public final class DescribeQuorumHandler
        implements RequestHandler<DescribeQuorumRequestData, DescribeQuorumResponseData> {
    private static final int METADATA_PARTITION = 0;
    private static final short TIMESTAMPS_VERSION = 1;
    private static final short DIRECTORIES_VERSION = 2;

    private final MetadataAccess metadata;
    private final Supplier<CompletableFuture<QuorumStatus>> status;
    private final NodeAddresses addresses;

    public DescribeQuorumHandler(
            MetadataAccess metadata,
            Supplier<CompletableFuture<QuorumStatus>> status,
            NodeAddresses addresses) {
        this.metadata = metadata;
        this.status = status;
        this.addresses = addresses;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> handle(
            RequestContext context, DescribeQuorumRequestData request) {
        return status.get().thenApply(quorum -> describe(context, request, quorum));
    }

    private DescribeQuorumResponseData describe(
            RequestContext context, DescribeQuorumRequestData request, QuorumStatus quorum) {
        var response = new DescribeQuorumResponseData();
        boolean described = false;
        for (var topic : request.topics()) {
            var answer = new TopicData().setTopicName(topic.topicName());
            response.topics().add(answer);
            for (var partition : topic.partitions()) {
                int index = partition.partitionIndex();
                boolean known =
                        topic.topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                                && index == METADATA_PARTITION;
                answer.partitions()
                        .add(known ? describe(quorum, context) : unknown(topic.topicName(), index));
                described |= known;
            }
        }
        if (described && context.apiVersion() >= DIRECTORIES_VERSION) {
            addNodes(quorum, context, response);
        }
        return response;
    }

    private static PartitionData describe(QuorumStatus quorum, RequestContext context) {
        return new PartitionData()
                .setPartitionIndex(METADATA_PARTITION)
                .setErrorMessage("")
                .setLeaderId(quorum.leaderId())
                .setLeaderEpoch(Math.toIntExact(quorum.leaderEpoch()))
                .setHighWatermark(quorum.highWatermark() + 1)
                .setCurrentVoters(states(quorum.voters(), context))
                .setObservers(states(quorum.observers(), context));
    }

    private static List<ReplicaState> states(
            List<QuorumStatus.Replica> replicas, RequestContext context) {
        return replicas.stream().map(replica -> state(replica, context)).toList();
    }

    private static ReplicaState state(QuorumStatus.Replica replica, RequestContext context) {
        var state =
                new ReplicaState()
                        .setReplicaId(replica.id())
                        .setLogEndOffset(replica.logEndOffset());
        if (context.apiVersion() >= TIMESTAMPS_VERSION) {
            state.setLastFetchTimestamp(replica.lastFetchTimestampMs())
                    .setLastCaughtUpTimestamp(replica.lastCaughtUpTimestampMs());
        }
        return context.apiVersion() >= DIRECTORIES_VERSION
                ? state.setReplicaDirectoryId(replica.directoryId())
                : state;
    }

    private void addNodes(
            QuorumStatus quorum, RequestContext context, DescribeQuorumResponseData response) {
        Stream.concat(quorum.voters().stream(), quorum.observers().stream())
                .map(replica -> metadata.image().node(replica.id()))
                .filter(node -> node != null)
                .distinct() // While its part changes, a node may be both.
                .forEach(node -> response.nodes().add(node(node, context)));
    }

    private Node node(NodeImage image, RequestContext context) {
        var listeners = new ListenerCollection();
        addresses
                .of(image, context)
                .ifPresent(address ->
                        listeners.add(
                                new Listener()
                                        .setName(context.listener())
                                        .setHost(address.host())
                                        .setPort(address.port())));
        return new Node().setNodeId(image.id()).setListeners(listeners);
    }

    private static PartitionData unknown(String topic, int index) {
        return new PartitionData()
                .setPartitionIndex(index)
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                .setErrorMessage("%s-%d is not kept by a quorum.".formatted(topic, index));
    }

    @Override
    public DescribeQuorumResponseData errorResponse(
            DescribeQuorumRequestData request, Errors error, String message) {
        return new DescribeQuorumResponseData().setErrorCode(error.code()).setErrorMessage(message);
    }
}
