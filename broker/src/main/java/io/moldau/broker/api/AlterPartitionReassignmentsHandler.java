package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// `AlterPartitionReassignments`, API key 45, versions 0–1.
///
/// - v1: whether the number of replicas may change (KIP-860)
///
/// An order to move partitions is answered when it holds; the moves themselves take as long as
/// their records need, and ListPartitionReassignments shows which are under way. No replicas calls
/// a move off.
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
        var moves = new ArrayList<Reassignment>();
        var sizes = new HashMap<TopicPartition, Reply>();
        for (var topic : request.topics()) {
            for (var partition : topic.partitions()) {
                var refusal =
                        request.allowReplicationFactorChange()
                                ? null
                                : otherSize(topic.name(), partition);
                if (refusal == null) {
                    moves.add(
                            new Reassignment(
                                    topic.name(),
                                    partition.partitionIndex(),
                                    partition.replicas()));
                } else {
                    sizes.put(
                            new TopicPartition(topic.name(), partition.partitionIndex()), refusal);
                }
            }
        }
        return metadata.submit(new AlterReassignments(moves))
                .thenApply(outcome -> response(request, outcome, sizes));
    }

    /// What speaks against a move that must leave the number of replicas as it is.
    private @Nullable Reply otherSize(String topic, ReassignablePartition wish) {
        var partition = metadata.image().partition(topic, wish.partitionIndex());
        if (partition == null || wish.replicas() == null) {
            return null;
        }
        int present = partition.targetReplicas().size();
        int wished = wish.replicas().size();
        return present == wished
                ? null
                : new Reply(
                        Errors.INVALID_REPLICATION_FACTOR,
                        "%s-%d has %d replicas and would have %d, which the request does not allow."
                                .formatted(topic, wish.partitionIndex(), present, wished));
    }

    private AlterPartitionReassignmentsResponseData response(
            AlterPartitionReassignmentsRequestData request,
            Outcome outcome,
            Map<TopicPartition, Reply> refusedBefore) {
        return switch (outcome) {
            case Outcome.Refused(var error, var message) -> errorResponse(request, error, message);
            case Outcome.PartitionsAnswered(var answers) -> {
                var replies = new HashMap<>(refusedBefore);
                for (var answer : answers) {
                    replies.put(
                            new TopicPartition(answer.topic(), answer.partition()),
                            new Reply(answer.error(), answer.message()));
                }
                yield response(request, replies);
            }
            case Outcome.Accepted other ->
                    throw new IllegalStateException("a reassignment came to " + other);
        };
    }

    private static AlterPartitionReassignmentsResponseData response(
            AlterPartitionReassignmentsRequestData request, Map<TopicPartition, Reply> replies) {
        var response =
                new AlterPartitionReassignmentsResponseData()
                        .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (var topic : request.topics()) {
            var answer = new ReassignableTopicResponse().setName(topic.name());
            for (var partition : topic.partitions()) {
                var key = new TopicPartition(topic.name(), partition.partitionIndex());
                answer.partitions().add(answer(partition, replies.get(key)));
            }
            response.responses().add(answer);
        }
        return response;
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
