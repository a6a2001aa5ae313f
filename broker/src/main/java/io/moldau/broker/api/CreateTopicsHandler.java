package io.moldau.broker.api;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `CreateTopics`, API key 19, versions 2–7.
///
/// - v4: −1 for the number of partitions or replicas takes the broker's default (KIP-464); older
///   versions may ask so as well
/// - v5: the answer tells partitions, replicas and settings (KIP-525)
/// - v7: and the topic's id (KIP-516)
///
/// Answers when every topic is there for whoever asks this node next.
public final class CreateTopicsHandler
        implements RequestHandler<CreateTopicsRequestData, CreateTopicsResponseData> {
    /// Partitions that one request may ask for: what one client can make the cluster do at once is
    /// bounded.
    private static final long MAX_PARTITIONS = 10_000;

    private final MetadataAccess metadata;
    private final NewTopics newTopics;
    private final Supplier<BrokerConfig> settings;

    public CreateTopicsHandler(
            MetadataAccess metadata, NewTopics newTopics, Supplier<BrokerConfig> settings) {
        this.metadata = metadata;
        this.newTopics = newTopics;
        this.settings = settings;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> handle(
            RequestContext context, CreateTopicsRequestData request) {
        if (partitionsAskedFor(request) > MAX_PARTITIONS) {
            return Futures.done(
                    errorResponse(
                            request,
                            Errors.POLICY_VIOLATION,
                            "One request can create at most %d partitions."
                                    .formatted(MAX_PARTITIONS)));
        }
        Decider decider = request.validateOnly() ? new Rehearsal() : metadata::submitForAll;
        var names = new HashSet<String>();
        var answers = new ArrayList<CompletableFuture<CreatableTopicResult>>();
        for (var wish : request.topics()) {
            if (names.add(wish.name())) {
                answers.add(
                        request.topics().findAll(wish.name()).size() > 1
                                ? Futures.done(duplicate(wish.name()))
                                : create(wish, decider));
            }
        }
        return Futures.inOrder(answers)
                .thenApply(results -> {
                    var response = new CreateTopicsResponseData();
                    results.forEach(response.topics()::add);
                    return response;
                });
    }

    private static long partitionsAskedFor(CreateTopicsRequestData request) {
        return request.topics().stream()
                .mapToLong(topic ->
                        Math.max(1, Math.max(topic.numPartitions(), topic.assignments().size())))
                .sum();
    }

    private CompletableFuture<CreatableTopicResult> create(CreatableTopic wish, Decider decider) {
        return switch (newTopics.order(wish)) {
            case NewTopics.Order.Refused(var error, var message) ->
                    Futures.done(refused(wish.name(), error, message));
            case NewTopics.Order.Placeable(var command) ->
                    decider.decide(command)
                            .thenApplyAsync(outcome -> result(command, outcome), Futures.ASIDE);
        };
    }

    private CreatableTopicResult result(CreateTopic command, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Refused(var error, var message) -> refused(command.name(), error, message);
            case Outcome.TopicPlaced(var topic) -> created(topic, command.configs());
            case Outcome.Accepted other ->
                    throw new IllegalStateException("creating a topic came to " + other);
        };
    }

    private CreatableTopicResult created(TopicImage topic, Map<String, String> overrides) {
        return new CreatableTopicResult()
                .setName(topic.name())
                .setErrorMessage(null)
                .setTopicId(topic.id())
                .setNumPartitions(topic.partitions().size())
                .setReplicationFactor((short) topic.partitions().getFirst().replicas().size())
                .setConfigs(configs(overrides));
    }

    private List<CreatableTopicConfigs> configs(Map<String, String> overrides) {
        return settings.get().describeTopic(overrides).stream()
                .map(entry ->
                        new CreatableTopicConfigs()
                                .setName(entry.name())
                                .setValue(entry.value().orElse(null))
                                .setReadOnly(entry.readOnly())
                                .setConfigSource(entry.source().id())
                                .setIsSensitive(entry.sensitive()))
                .toList();
    }

    private static CreatableTopicResult duplicate(String name) {
        return refused(
                name,
                Errors.INVALID_REQUEST,
                "The request names the topic %s twice.".formatted(name));
    }

    private static CreatableTopicResult refused(String name, Errors error, String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    public CreateTopicsResponseData errorResponse(
            CreateTopicsRequestData request, Errors error, String message) {
        var response = new CreateTopicsResponseData();
        var names = new HashSet<String>();
        for (var topic : request.topics()) {
            if (names.add(topic.name())) {
                response.topics().add(refused(topic.name(), error, message));
            }
        }
        return response;
    }

    /// Where a command is decided: for good, or to see what would become of it.
    @FunctionalInterface
    private interface Decider {
        CompletableFuture<Outcome> decide(CreateTopic command);
    }

    /// Decides one command after the other on an image of its own, so that topics of one request
    /// that exclude each other are found out.
    private final class Rehearsal implements Decider {
        private ClusterImage image = metadata.image();

        @Override
        public CompletableFuture<Outcome> decide(CreateTopic command) {
            var decision = MetadataMachine.decide(command, image);
            image = decision.image();
            return Futures.done(decision.outcome());
        }
    }
}
