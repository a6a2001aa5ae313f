package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.TopicImage;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeTopicPartitions`, API key 75, version 0.
///
/// Metadata in pages, with the eligible leader replicas (KIP-966): topics by name, and as many
/// partitions as the client asks for but never more than 2000. The cursor names the first partition
/// that did not fit; no topics means all of them.
public final class DescribeTopicPartitionsHandler
        implements RequestHandler<
                DescribeTopicPartitionsRequestData, DescribeTopicPartitionsResponseData> {
    /// Kafka's default of `max.request.partition.size.limit`.
    private static final int MAX_PARTITIONS = 2000;

    private final MetadataAccess metadata;
    private final NodeAddresses addresses;

    public DescribeTopicPartitionsHandler(MetadataAccess metadata, NodeAddresses addresses) {
        this.metadata = metadata;
        this.addresses = addresses;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public CompletableFuture<DescribeTopicPartitionsResponseData> handle(
            RequestContext context, DescribeTopicPartitionsRequestData request) {
        var image = metadata.image();
        var names = new TreeSet<String>();
        if (request.topics().isEmpty()) {
            image.topics().forEach(topic -> names.add(topic.name()));
        } else {
            request.topics().forEach(topic -> names.add(topic.name()));
        }
        var cursor = request.cursor();
        if (cursor == null) {
            return Futures.done(page(context, request, image, names.iterator(), 0, ""));
        }
        var rest = names.tailSet(cursor.topicName());
        if (cursor.partitionIndex() < 0 || (rest.isEmpty() && !names.isEmpty())) {
            return Futures.done(
                    errorResponse(
                            request, Errors.INVALID_REQUEST, "The cursor points at nothing."));
        }
        return Futures.done(
                page(
                        context,
                        request,
                        image,
                        rest.iterator(),
                        cursor.partitionIndex(),
                        cursor.topicName()));
    }

    /// @param startAt first partition of the topic `startIn`; the others begin with theirs
    private DescribeTopicPartitionsResponseData page(
            RequestContext context,
            DescribeTopicPartitionsRequestData request,
            ClusterImage image,
            Iterator<String> names,
            int startAt,
            String startIn) {
        var nodes = new ReachableNodes(image, addresses, context);
        var response = new DescribeTopicPartitionsResponseData();
        int room = Math.clamp(request.responsePartitionLimit(), 1, MAX_PARTITIONS);
        while (names.hasNext()) {
            var name = names.next();
            var topic = image.topic(name);
            if (topic == null) {
                response.topics().add(unknown(name));
                continue;
            }
            int from = name.equals(startIn) ? startAt : 0;
            if (room == 0) {
                return response.setNextCursor(
                        new Cursor().setTopicName(name).setPartitionIndex(from));
            }
            int end = (int) Math.min(topic.partitions().size(), (long) from + room);
            response.topics().add(describe(topic, from, end, nodes));
            room -= Math.max(0, end - from);
            if (end < topic.partitions().size()) {
                return response.setNextCursor(
                        new Cursor().setTopicName(name).setPartitionIndex(end));
            }
        }
        return response;
    }

    private static DescribeTopicPartitionsResponseTopic describe(
            TopicImage topic, int from, int end, ReachableNodes nodes) {
        var answer =
                new DescribeTopicPartitionsResponseTopic()
                        .setName(topic.name())
                        .setTopicId(topic.id())
                        .setIsInternal(topic.internal())
                        .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (int i = from; i < end; i++) {
            var partition = topic.partitions().get(i);
            answer.partitions()
                    .add(
                            new DescribeTopicPartitionsResponsePartition()
                                    .setErrorCode(nodes.leaderError(partition).code())
                                    .setPartitionIndex(i)
                                    .setLeaderId(nodes.leaderOf(partition))
                                    .setLeaderEpoch(partition.leaderEpoch())
                                    .setReplicaNodes(partition.replicas())
                                    .setIsrNodes(partition.isr())
                                    .setEligibleLeaderReplicas(partition.elr())
                                    .setLastKnownElr(partition.lastKnownElr())
                                    .setOfflineReplicas(nodes.offlineReplicas(partition)));
        }
        return answer;
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        return refused(name, TopicNames.errorOfUnknown(name))
                .setIsInternal(Topic.isInternal(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
    }

    private static DescribeTopicPartitionsResponseTopic refused(String name, Errors error) {
        return new DescribeTopicPartitionsResponseTopic()
                .setName(name)
                .setErrorCode(error.code())
                .setPartitions(List.of());
    }

    @Override
    public DescribeTopicPartitionsResponseData errorResponse(
            DescribeTopicPartitionsRequestData request, Errors error, String message) {
        var response = new DescribeTopicPartitionsResponseData();
        request.topics().forEach(topic -> response.topics().add(refused(topic.name(), error)));
        return response;
    }
}
