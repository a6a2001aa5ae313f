package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ListPartitionReassignments`, API key 46, version 0 (KIP-455).
///
/// Which partitions are on their way to other nodes, of those that are asked for or of all; what is
/// not on its way is left out. `kafka-topics --describe` asks for every topic that it shows.
public final class ListPartitionReassignmentsHandler
        implements RequestHandler<
                ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {
    private final MetadataAccess metadata;

    public ListPartitionReassignmentsHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> handle(
            RequestContext context, ListPartitionReassignmentsRequestData request) {
        var image = metadata.image();
        var response = new ListPartitionReassignmentsResponseData();
        if (request.topics() == null) {
            for (var topic : image.topics()) {
                int count = topic.partitions().size();
                add(response, topic.name(), IntStream.range(0, count), image);
            }
        } else {
            for (ListPartitionReassignmentsTopics topic : request.topics()) {
                var indexes = topic.partitionIndexes().stream().mapToInt(index -> index);
                add(response, topic.name(), indexes, image);
            }
        }
        return Futures.done(response);
    }

    private static void add(
            ListPartitionReassignmentsResponseData response,
            String topic,
            IntStream indexes,
            ClusterImage image) {
        var answer = new OngoingTopicReassignment().setName(topic);
        indexes.forEach(index -> {
            var partition = image.partition(topic, index);
            if (partition != null && partition.reassigning()) {
                answer.partitions().add(describe(index, partition));
            }
        });
        if (!answer.partitions().isEmpty()) {
            response.topics().add(answer);
        }
    }

    private static OngoingPartitionReassignment describe(int index, PartitionImage partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(index)
                .setReplicas(partition.replicas())
                .setAddingReplicas(partition.addingReplicas())
                .setRemovingReplicas(partition.removingReplicas());
    }

    @Override
    public ListPartitionReassignmentsResponseData errorResponse(
            ListPartitionReassignmentsRequestData request, Errors error, String message) {
        return new ListPartitionReassignmentsResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
