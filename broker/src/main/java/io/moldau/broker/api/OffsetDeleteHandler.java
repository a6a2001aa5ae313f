package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupStore;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `OffsetDelete`, API key 47, version 0 (KIP-496).
///
/// An operator forgets offsets of topics that the group does not read any more.
public final class OffsetDeleteHandler
        implements RequestHandler<OffsetDeleteRequestData, OffsetDeleteResponseData> {
    private final GroupCoordinator groups;
    private final GroupStore store;

    public OffsetDeleteHandler(GroupCoordinator groups, GroupStore store) {
        this.groups = groups;
        this.store = store;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_DELETE;
    }

    @Override
    public CompletableFuture<OffsetDeleteResponseData> handle(
            RequestContext context, OffsetDeleteRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(
                    errorResponse(request, Errors.INVALID_GROUP_ID, ""));
        }
        var known = new ArrayList<TopicPartitions>();
        for (var topic : request.topics()) {
            var partitions =
                    topic.partitions().stream()
                            .map(p -> p.partitionIndex())
                            .filter(p -> store.image().partition(topic.name(), p) != null)
                            .toList();
            if (!partitions.isEmpty()) {
                known.add(new TopicPartitions(topic.name(), partitions));
            }
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(response(request, Map.of()));
        }
        return groups.deleteOffsets(request.groupId(), known)
                .thenApply(errors -> response(request, errors));
    }

    private OffsetDeleteResponseData response(
            OffsetDeleteRequestData request, Map<String, Errors> errors) {
        var whole = errors.get("");
        if (whole != null) {
            return errorResponse(request, whole, whole.message());
        }
        var response = new OffsetDeleteResponseData();
        for (var topic : request.topics()) {
            response.topics().add(response(topic, errors.getOrDefault(topic.name(), Errors.NONE)));
        }
        return response;
    }

    private OffsetDeleteResponseTopic response(OffsetDeleteRequestTopic topic, Errors error) {
        var response = new OffsetDeleteResponseTopic().setName(topic.name());
        for (var partition : topic.partitions()) {
            int index = partition.partitionIndex();
            boolean exists = store.image().partition(topic.name(), index) != null;
            var code = exists ? error.code() : Errors.UNKNOWN_TOPIC_OR_PARTITION.code();
            response.partitions()
                    .add(
                            new OffsetDeleteResponsePartition()
                                    .setPartitionIndex(index)
                                    .setErrorCode(code));
        }
        return response;
    }

    @Override
    public OffsetDeleteResponseData errorResponse(
            OffsetDeleteRequestData request, Errors error, String message) {
        return new OffsetDeleteResponseData().setErrorCode(error.code());
    }
}
