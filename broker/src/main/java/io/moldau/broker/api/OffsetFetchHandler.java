package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupStore;
import io.moldau.metadata.OffsetAndMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `OffsetFetch`, API key 9, versions 1–10.
///
/// Answered by the group's coordinator from its memory, once that is known to be the newest: a node
/// that was paused while another took over must not tell offsets from before, or consumers would go
/// back.
///
/// - v2: no topics means all of them
/// - v5: the leader epoch of what was consumed (KIP-320)
/// - v6: flexible versions
/// - v7: wait for offsets of open transactions (KIP-447); there are none here, so all are stable
/// - v8: many groups at once (KIP-709)
/// - v9: member id and epoch of the consumer protocol (KIP-848); classic groups ignore them
/// - v10: topic ids in the place of names (KIP-848)
public final class OffsetFetchHandler
        implements RequestHandler<OffsetFetchRequestData, OffsetFetchResponseData> {
    private static final short GROUPS_VERSION = 8;
    private static final short TOPIC_ID_VERSION = 10;
    private static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;

    private final GroupCoordinator groups;
    private final GroupStore store;

    public OffsetFetchHandler(GroupCoordinator groups, GroupStore store) {
        this.groups = groups;
        this.store = store;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public CompletableFuture<OffsetFetchResponseData> handle(
            RequestContext context, OffsetFetchRequestData request) {
        var newest = store.barrier();
        if (newest.isDone() && !newest.isCompletedExceptionally()) {
            return CompletableFuture.completedFuture(answer(context, request));
        }
        // Not on the thread that applies metadata, which others wait for. Whoever cannot know asks
        // the client to look for the coordinator again.
        return newest.handleAsync(
                (_, unknown) ->
                        unknown == null
                                ? answer(context, request)
                                : errorResponse(request, Errors.NOT_COORDINATOR, ""),
                context.connection().eventLoop());
    }

    private OffsetFetchResponseData answer(RequestContext context, OffsetFetchRequestData request) {
        boolean byId = context.apiVersion() >= TOPIC_ID_VERSION;
        var response = new OffsetFetchResponseData();
        if (context.apiVersion() >= GROUPS_VERSION) {
            request.groups().forEach(group -> response.groups().add(answer(group, byId)));
        } else if (!groups.coordinates(request.groupId())) {
            return errorResponse(request, Errors.NOT_COORDINATOR, "");
        } else {
            response.setTopics(inOldForm(answer(inNewForm(request), false)));
        }
        return response;
    }

    private OffsetFetchResponseGroup answer(OffsetFetchRequestGroup group, boolean byId) {
        if (!groups.coordinates(group.groupId())) {
            return new OffsetFetchResponseGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.NOT_COORDINATOR.code());
        }
        return new OffsetFetchResponseGroup()
                .setGroupId(group.groupId())
                .setTopics(
                        group.topics() == null
                                ? all(group.groupId())
                                : group.topics().stream()
                                        .map(topic -> some(group.groupId(), topic, byId))
                                        .toList());
    }

    private List<OffsetFetchResponseTopics> all(String group) {
        Map<String, OffsetFetchResponseTopics> topics = new LinkedHashMap<>();
        store.offsets()
                .all(group)
                .forEach((partition, offset) ->
                        topics.computeIfAbsent(
                                        partition.topic(),
                                        name ->
                                                new OffsetFetchResponseTopics()
                                                        .setName(name)
                                                        .setTopicId(offset.topicId()))
                                .partitions()
                                .add(committed(partition.partition(), offset)));
        return new ArrayList<>(topics.values());
    }

    private OffsetFetchResponseTopics some(
            String group, OffsetFetchRequestTopics topic, boolean byId) {
        var name = byId ? store.image().topicName(topic.topicId()) : topic.name();
        var partitions =
                new ArrayList<OffsetFetchResponsePartitions>(topic.partitionIndexes().size());
        for (int partition : topic.partitionIndexes()) {
            if (name == null) {
                partitions.add(nothing(partition).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
                continue;
            }
            var offset = store.offsets().get(group, name, partition);
            partitions.add(offset == null ? nothing(partition) : committed(partition, offset));
        }
        return new OffsetFetchResponseTopics()
                .setName(topic.name())
                .setTopicId(topic.topicId() == null ? Uuid.ZERO_UUID : topic.topicId())
                .setPartitions(partitions);
    }

    private static OffsetFetchResponsePartitions committed(
            int partition, OffsetAndMetadata offset) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }

    private static OffsetFetchResponsePartitions nothing(int partition) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(NO_OFFSET)
                .setCommittedLeaderEpoch(NO_EPOCH)
                .setMetadata("");
    }

    private static OffsetFetchRequestGroup inNewForm(OffsetFetchRequestData request) {
        var group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        return group.setTopics(
                request.topics() == null
                        ? null
                        : request.topics().stream()
                                .map(topic ->
                                        new OffsetFetchRequestTopics()
                                                .setName(topic.name())
                                                .setPartitionIndexes(topic.partitionIndexes()))
                                .toList());
    }

    private static List<OffsetFetchResponseTopic> inOldForm(OffsetFetchResponseGroup group) {
        return group.topics().stream()
                .map(topic ->
                        new OffsetFetchResponseTopic()
                                .setName(topic.name())
                                .setPartitions(
                                        topic.partitions().stream()
                                                .map(OffsetFetchHandler::inOldForm)
                                                .toList()))
                .toList();
    }

    private static OffsetFetchResponsePartition inOldForm(OffsetFetchResponsePartitions from) {
        return new OffsetFetchResponsePartition()
                .setPartitionIndex(from.partitionIndex())
                .setCommittedOffset(from.committedOffset())
                .setCommittedLeaderEpoch(from.committedLeaderEpoch())
                .setMetadata(from.metadata())
                .setErrorCode(from.errorCode());
    }

    @Override
    public OffsetFetchResponseData errorResponse(
            OffsetFetchRequestData request, Errors error, String message) {
        if (request.groups().isEmpty()) {
            return refusedInOldForm(request, error);
        }
        var response = new OffsetFetchResponseData();
        request.groups()
                .forEach(group ->
                        response.groups()
                                .add(
                                        new OffsetFetchResponseGroup()
                                                .setGroupId(group.groupId())
                                                .setErrorCode(error.code())));
        return response;
    }

    /// v1 has no error for the whole answer, so each partition carries it.
    private static OffsetFetchResponseData refusedInOldForm(
            OffsetFetchRequestData request, Errors error) {
        var group = inNewForm(request);
        var response = new OffsetFetchResponseData().setErrorCode(error.code());
        if (group.topics() != null) {
            for (var topic : group.topics()) {
                var partitions =
                        topic.partitionIndexes().stream()
                                .map(p -> inOldForm(nothing(p).setErrorCode(error.code())))
                                .toList();
                response.topics()
                        .add(
                                new OffsetFetchResponseTopic()
                                        .setName(topic.name())
                                        .setPartitions(partitions));
            }
        }
        return response;
    }
}
