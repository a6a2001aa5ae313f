package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.Outcome.PartitionAnswer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ElectLeaders`, API key 43, versions 0–2.
///
/// - v0: preferred leaders (KIP-183)
/// - v1: also any leader at all, at the price of records (KIP-460); an error for the whole answer
/// - v2: flexible versions
///
/// No topics means all of them, and then nothing is told of those that needed no election.
public final class ElectLeadersHandler
        implements RequestHandler<ElectLeadersRequestData, ElectLeadersResponseData> {
    private final MetadataAccess metadata;

    public ElectLeadersHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ELECT_LEADERS;
    }

    @Override
    public CompletableFuture<ElectLeadersResponseData> handle(
            RequestContext context, ElectLeadersRequestData request) {
        var type = type(request.electionType());
        if (type.isEmpty()) {
            return Futures.done(
                    errorResponse(
                                    request,
                                    Errors.INVALID_REQUEST,
                                    "There is no election type %d."
                                            .formatted(request.electionType()))
                            .setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        var topics =
                request.topicPartitions() == null
                        ? null
                        : request.topicPartitions().stream()
                                .map(topic ->
                                        new TopicPartitions(topic.topic(), topic.partitions()))
                                .toList();
        return metadata.submit(new ElectLeaders(type.get(), topics))
                .thenApply(outcome -> response(request, outcome));
    }

    private static Optional<ElectionType> type(byte id) {
        return switch (id) {
            case 0 -> Optional.of(ElectionType.PREFERRED);
            case 1 -> Optional.of(ElectionType.UNCLEAN);
            default -> Optional.empty();
        };
    }

    private ElectLeadersResponseData response(ElectLeadersRequestData request, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Refused(var error, var message) ->
                    errorResponse(request, error, message).setErrorCode(error.code());
            case Outcome.PartitionsAnswered(var answers) -> {
                Map<String, ReplicaElectionResult> results = new LinkedHashMap<>();
                for (var answer : answers) {
                    results.computeIfAbsent(
                                    answer.topic(),
                                    name -> new ReplicaElectionResult().setTopic(name))
                            .partitionResult()
                            .add(result(answer));
                }
                var response = new ElectLeadersResponseData();
                response.replicaElectionResults().addAll(results.values());
                yield response;
            }
            case Outcome.Accepted other ->
                    throw new IllegalStateException("an election came to " + other);
        };
    }

    private static PartitionResult result(PartitionAnswer answer) {
        return result(answer.partition(), new Reply(answer.error(), answer.message()));
    }

    private static PartitionResult result(int index, Reply reply) {
        return new PartitionResult()
                .setPartitionId(index)
                .setErrorCode(reply.error().code())
                .setErrorMessage(reply.message());
    }

    /// Version 0 has no room for an error of the whole answer: each partition carries it, and only
    /// where none was named it stands alone.
    @Override
    public ElectLeadersResponseData errorResponse(
            ElectLeadersRequestData request, Errors error, String message) {
        var response = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) {
            return response.setErrorCode(error.code());
        }
        for (var topic : request.topicPartitions()) {
            var result = new ReplicaElectionResult().setTopic(topic.topic());
            topic.partitions()
                    .forEach(index ->
                            result.partitionResult().add(result(index, new Reply(error, message))));
            response.replicaElectionResults().add(result);
        }
        return response;
    }
}
