package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `Metadata`, API key 3, versions 0–13.
///
/// - v0: no topics means all of them, and replicas that are down are left out
/// - v1: null means all topics, none means none; controller, racks, internal topics
/// - v4: whether a missing topic may be created
/// - v5: offline replicas (KIP-112)
/// - v7: leader epochs (KIP-320)
/// - v8: authorized operations (KIP-430); those of the cluster until v10
/// - v10: topic ids in the answer, v12: in the request as well (KIP-516)
/// - v13: an error for the whole answer (KIP-1102), which this node never has
///
/// A topic that is created because it was asked for is answered as soon as it is there, mostly
/// within the same answer: the client need not come again.
public final class MetadataHandler
        implements RequestHandler<MetadataRequestData, MetadataResponseData> {
    private static final short TOPIC_ID_VERSION = 12;

    private final MetadataAccess metadata;
    private final NodeAddresses addresses;
    private final NewTopics newTopics;
    private final OffsetsTopic offsetsTopic;

    public MetadataHandler(
            MetadataAccess metadata,
            NodeAddresses addresses,
            NewTopics newTopics,
            OffsetsTopic offsetsTopic) {
        this.metadata = metadata;
        this.addresses = addresses;
        this.newTopics = newTopics;
        this.offsetsTopic = offsetsTopic;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.METADATA;
    }

    @Override
    public CompletableFuture<MetadataResponseData> handle(
            RequestContext context, MetadataRequestData request) {
        return LostLeaders.succeeded(
                        metadata,
                        context.connection(),
                        topic -> wantsAll(context, request) || names(request, topic))
                .thenCompose(_ -> answer(context, request));
    }

    private static boolean names(MetadataRequestData request, TopicImage topic) {
        return request.topics().stream()
                .anyMatch(asked ->
                        topic.name().equals(asked.name()) || topic.id().equals(asked.topicId()));
    }

    private CompletableFuture<MetadataResponseData> answer(
            RequestContext context, MetadataRequestData request) {
        if (wantsAll(context, request)) {
            var answer = new Answer(context, request, metadata.image(), Map.of());
            answer.image.topics().forEach(answer::add);
            return Futures.done(answer.response);
        }
        if (namesIds(request)) {
            return Futures.done(byId(context, request));
        }
        var names = new LinkedHashSet<String>();
        for (var topic : request.topics()) {
            if (topic.name() == null) {
                return Futures.done(
                        errorResponse(
                                request, Errors.INVALID_REQUEST, "A topic has no name and no id."));
            }
            names.add(topic.name());
        }
        return create(context, request, names)
                .thenApply(refused -> {
                    var answer = new Answer(context, request, metadata.image(), refused);
                    names.forEach(answer::addByName);
                    return answer.response;
                });
    }

    private static boolean wantsAll(RequestContext context, MetadataRequestData request) {
        return request.topics() == null
                || (context.apiVersion() == 0 && request.topics().isEmpty());
    }

    private static boolean namesIds(MetadataRequestData request) {
        return request.topics().stream().anyMatch(topic -> !topic.topicId().equals(Uuid.ZERO_UUID));
    }

    private MetadataResponseData byId(RequestContext context, MetadataRequestData request) {
        if (context.apiVersion() < TOPIC_ID_VERSION) {
            return errorResponse(
                    request, Errors.INVALID_REQUEST, "Topic ids are understood from v12 on.");
        }
        var answer = new Answer(context, request, metadata.image(), Map.of());
        request.topics().stream()
                .map(MetadataRequestTopic::topicId)
                .filter(id -> !id.equals(Uuid.ZERO_UUID))
                .distinct()
                .forEach(answer::addById);
        return answer.response;
    }

    /// Creates what is missing, if that is wanted and allowed; completes when all of it is decided.
    ///
    /// @return topics that could not be created, and why
    private CompletableFuture<Map<String, Errors>> create(
            RequestContext context, MetadataRequestData request, Set<String> names) {
        if (!request.allowAutoTopicCreation() || !newTopics.createsOnDemand()) {
            return Futures.done(Map.of());
        }
        var image = metadata.image();
        Map<String, Errors> refused = new ConcurrentHashMap<>();
        var creations = new ArrayList<CompletableFuture<?>>();
        for (var name : names) {
            if (image.topic(name) == null && TopicNames.refusal(name).isEmpty()) {
                creations.add(
                        create(name)
                                .thenAccept(error -> {
                                    if (error != Errors.NONE) {
                                        refused.put(name, error);
                                    }
                                }));
            }
        }
        if (creations.isEmpty()) {
            return Futures.done(refused);
        }
        // The answer is made on the connection's thread: the one that applies metadata has others
        // waiting.
        return CompletableFuture.allOf(creations.toArray(CompletableFuture[]::new))
                .thenApplyAsync(_ -> refused, context.connection().eventLoop());
    }

    private CompletableFuture<Errors> create(String name) {
        if (name.equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
            return offsetsTopic.ensure();
        }
        if (Topic.isInternal(name) || TopicNames.isReserved(name)) {
            return Futures.done(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return newTopics
                .createOnDemand(name)
                .thenApply(outcome ->
                        outcome instanceof Outcome.Refused(var error, _)
                                        && error != Errors.TOPIC_ALREADY_EXISTS
                                ? error
                                : Errors.NONE);
    }

    /// One answer in the making.
    private final class Answer {
        final ClusterImage image;
        final MetadataResponseData response;
        private final ReachableNodes nodes;
        private final Map<String, Errors> refused;
        private final int operations;
        private final boolean liveReplicasOnly;

        /// @param refused topics that could not be created, and why
        Answer(
                RequestContext context,
                MetadataRequestData request,
                ClusterImage image,
                Map<String, Errors> refused) {
            this.image = image;
            this.refused = refused;
            nodes = new ReachableNodes(image, addresses, context);
            operations =
                    request.includeTopicAuthorizedOperations()
                            ? AuthorizedOperations.TOPIC
                            : AuthorizedOperations.NOT_ASKED;
            liveReplicasOnly = context.apiVersion() == 0;
            response =
                    new MetadataResponseData()
                            .setClusterId(image.clusterId())
                            .setControllerId(nodes.controllerId());
            if (request.includeClusterAuthorizedOperations()) {
                response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
            }
            for (var node : nodes.inOrder()) {
                response.brokers()
                        .add(
                                new MetadataResponseBroker()
                                        .setNodeId(node.image().id())
                                        .setHost(node.address().host())
                                        .setPort(node.address().port())
                                        .setRack(node.image().rack()));
            }
        }

        void addByName(String name) {
            var topic = image.topic(name);
            if (topic != null) {
                add(topic);
                return;
            }
            var error = refused.getOrDefault(name, TopicNames.errorOfUnknown(name));
            response.topics()
                    .add(
                            new MetadataResponseTopic()
                                    .setErrorCode(error.code())
                                    .setName(name)
                                    .setIsInternal(Topic.isInternal(name))
                                    .setTopicAuthorizedOperations(operations));
        }

        void addById(Uuid id) {
            var topic = image.topic(id);
            if (topic != null) {
                add(topic);
                return;
            }
            response.topics()
                    .add(
                            new MetadataResponseTopic()
                                    .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                                    .setName(null)
                                    .setTopicId(id));
        }

        void add(TopicImage topic) {
            var partitions = new ArrayList<MetadataResponsePartition>(topic.partitions().size());
            for (int i = 0; i < topic.partitions().size(); i++) {
                partitions.add(describe(i, topic.partitions().get(i)));
            }
            response.topics()
                    .add(
                            new MetadataResponseTopic()
                                    .setName(topic.name())
                                    .setTopicId(topic.id())
                                    .setIsInternal(topic.internal())
                                    .setPartitions(partitions)
                                    .setTopicAuthorizedOperations(operations));
        }

        private MetadataResponsePartition describe(int index, PartitionImage partition) {
            return new MetadataResponsePartition()
                    .setErrorCode(nodes.leaderError(partition).code())
                    .setPartitionIndex(index)
                    .setLeaderId(nodes.leaderOf(partition))
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(shown(partition.replicas()))
                    .setIsrNodes(shown(partition.isr()))
                    .setOfflineReplicas(nodes.offlineReplicas(partition));
        }

        private List<Integer> shown(List<Integer> replicas) {
            return liveReplicasOnly ? replicas.stream().filter(nodes::isAlive).toList() : replicas;
        }
    }

    @Override
    public MetadataResponseData errorResponse(
            MetadataRequestData request, Errors error, String message) {
        var response = new MetadataResponseData().setErrorCode(error.code());
        if (request.topics() != null) {
            for (var topic : request.topics()) {
                response.topics()
                        .add(
                                new MetadataResponseTopic()
                                        .setErrorCode(error.code())
                                        .setName(topic.name() == null ? "" : topic.name())
                                        .setTopicId(topic.topicId()));
            }
        }
        return response;
    }
}
