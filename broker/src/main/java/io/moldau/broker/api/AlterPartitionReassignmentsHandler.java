package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `AlterPartitionReassignments`, API key 45, versions 0–1.
///
/// - v1: whether the number of replicas may change (KIP-860)
///
/// On a single node every assignment that makes sense is the present one, and is accepted; one that
/// would have to move records to another node is refused, since replicas do not move yet.
public final class AlterPartitionReassignmentsHandler
        implements RequestHandler<
                AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData> {
    private final MetadataAccess metadata;

    public AlterPartitionReassignmentsHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
    }

    @Override
    public CompletableFuture<AlterPartitionReassignmentsResponseData> handle(
            RequestContext context, AlterPartitionReassignmentsRequestData request) {
        var image = metadata.image();
        var response =
                new AlterPartitionReassignmentsResponseData()
                        .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (var topic : request.topics()) {
            var answer = new ReassignableTopicResponse().setName(topic.name());
            for (var partition : topic.partitions()) {
                var reply = reassign(topic.name(), partition, image);
                answer.partitions().add(answer(partition, reply));
            }
            response.responses().add(answer);
        }
        return Futures.done(response);
    }

    private static Reply reassign(String topic, ReassignablePartition wish, ClusterImage image) {
        var partition = image.partition(topic, wish.partitionIndex());
        if (partition == null) {
            return new Reply(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "There is no partition %s-%d.".formatted(topic, wish.partitionIndex()));
        }
        var replicas = wish.replicas();
        if (replicas == null) {
            return new Reply(
                    Errors.NO_REASSIGNMENT_IN_PROGRESS,
                    "%s-%d is not being reassigned.".formatted(topic, wish.partitionIndex()));
        }
        if (replicas.equals(partition.replicas())) {
            return Reply.OK;
        }
        return new Reply(Errors.INVALID_REPLICA_ASSIGNMENT, refusal(replicas, image));
    }

    private static String refusal(List<Integer> replicas, ClusterImage image) {
        if (replicas.isEmpty()) {
            return "A partition needs at least one replica.";
        }
        if (new HashSet<>(replicas).size() < replicas.size()) {
            return "The replicas %s name a node twice.".formatted(replicas);
        }
        return replicas.stream()
                .filter(id -> image.node(id) == null)
                .findFirst()
                .map(id -> "No node %d is registered.".formatted(id))
                .orElse("Replicas cannot be moved to other nodes by this version.");
    }

    private static ReassignablePartitionResponse answer(
            ReassignablePartition partition, Reply reply) {
        return new ReassignablePartitionResponse()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(reply.error().code())
                .setErrorMessage(reply.message());
    }

    @Override
    public AlterPartitionReassignmentsResponseData errorResponse(
            AlterPartitionReassignmentsRequestData request, Errors error, String message) {
        return new AlterPartitionReassignmentsResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
