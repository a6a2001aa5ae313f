package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.CreatePartitions;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `CreatePartitions`, API key 37, versions 0–3.
///
/// A topic's partitions only grow in number (KIP-195).
///
/// - v2: flexible versions
/// - v3: a client may be told to slow down (KIP-599), which this node does not ask for
public final class CreatePartitionsHandler
        implements RequestHandler<CreatePartitionsRequestData, CreatePartitionsResponseData> {
    private final MetadataAccess metadata;

    public CreatePartitionsHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> handle(
            RequestContext context, CreatePartitionsRequestData request) {
        var names = new HashSet<String>();
        var answers = new ArrayList<CompletableFuture<CreatePartitionsTopicResult>>();
        for (var wish : request.topics()) {
            if (names.add(wish.name())) {
                answers.add(
                        request.topics().findAll(wish.name()).size() > 1
                                ? Futures.done(duplicate(wish.name()))
                                : grow(wish, request.validateOnly()));
            }
        }
        return Futures.inOrder(answers)
                .thenApply(results -> new CreatePartitionsResponseData().setResults(results));
    }

    private CompletableFuture<CreatePartitionsTopicResult> grow(
            CreatePartitionsTopic wish, boolean validateOnly) {
        if (wish.assignments() != null && wish.assignments().isEmpty()) {
            return Futures.done(
                    refused(
                            wish.name(),
                            Errors.INVALID_REPLICA_ASSIGNMENT,
                            "An assignment is given, but it names no replicas."));
        }
        List<List<Integer>> assignment =
                wish.assignments() == null
                        ? List.of()
                        : wish.assignments().stream()
                                .map(replicas -> List.copyOf(replicas.brokerIds()))
                                .toList();
        var command =
                new CreatePartitions(
                        wish.name(),
                        wish.count(),
                        assignment,
                        ThreadLocalRandom.current().nextLong());
        var decided =
                validateOnly
                        ? Futures.done(MetadataMachine.decide(command, metadata.image()).outcome())
                        : metadata.submitForAll(command);
        return decided.thenApply(outcome -> result(wish.name(), outcome));
    }

    private static CreatePartitionsTopicResult result(String name, Outcome outcome) {
        return outcome instanceof Outcome.Refused(var error, var message)
                ? refused(name, error, message)
                : new CreatePartitionsTopicResult().setName(name);
    }

    private static CreatePartitionsTopicResult duplicate(String name) {
        return refused(
                name,
                Errors.INVALID_REQUEST,
                "The request names the topic %s twice.".formatted(name));
    }

    private static CreatePartitionsTopicResult refused(String name, Errors error, String message) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    public CreatePartitionsResponseData errorResponse(
            CreatePartitionsRequestData request, Errors error, String message) {
        var response = new CreatePartitionsResponseData();
        request.topics()
                .forEach(topic -> response.results().add(refused(topic.name(), error, message)));
        return response;
    }
}
