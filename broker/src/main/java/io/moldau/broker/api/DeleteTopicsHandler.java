package io.moldau.broker.api;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DeleteTopics`, API key 20, versions 1–6.
///
/// - v3: `TOPIC_DELETION_DISABLED` where `delete.topic.enable` is false; INVALID_REQUEST before
/// - v5: error messages
/// - v6: topics by id (KIP-516)
///
/// A topic that is named twice, be it once by name and once by id, is not deleted.
public final class DeleteTopicsHandler
        implements RequestHandler<DeleteTopicsRequestData, DeleteTopicsResponseData> {
    private static final short DELETION_DISABLED_VERSION = 3;
    private static final short STATES_VERSION = 6;

    private final MetadataAccess metadata;
    private final Supplier<BrokerConfig> settings;

    public DeleteTopicsHandler(MetadataAccess metadata, Supplier<BrokerConfig> settings) {
        this.metadata = metadata;
        this.settings = settings;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> handle(
            RequestContext context, DeleteTopicsRequestData request) {
        if (!settings.get().getBoolean("delete.topic.enable")) {
            var error =
                    context.apiVersion() < DELETION_DISABLED_VERSION
                            ? Errors.INVALID_REQUEST
                            : Errors.TOPIC_DELETION_DISABLED;
            return Futures.done(
                    errorResponse(
                            request, error, "Topics cannot be deleted: delete.topic.enable=false"));
        }
        var asked = asked(request, context.apiVersion() >= STATES_VERSION);
        var image = metadata.image();
        var answers = new ArrayList<CompletableFuture<DeletableTopicResult>>();
        asked.forEach((topic, times) -> answers.add(delete(topic, times, asked, image)));
        return Futures.inOrder(answers)
                .thenApply(results -> {
                    var response = new DeleteTopicsResponseData();
                    results.forEach(response.responses()::add);
                    return response;
                });
    }

    /// What the client named, and how often.
    private static Map<Named, Integer> asked(DeleteTopicsRequestData request, boolean byState) {
        var asked = new LinkedHashMap<Named, Integer>();
        if (byState) {
            request.topics().forEach(state -> asked.merge(Named.of(state), 1, Integer::sum));
        } else {
            request.topicNames()
                    .forEach(name -> asked.merge(new Named(name, Uuid.ZERO_UUID), 1, Integer::sum));
        }
        return asked;
    }

    /// @param name null when only the id is given
    /// @param id zero when only the name is given
    private record Named(String name, Uuid id) {
        static Named of(DeleteTopicState state) {
            return new Named(state.name(), state.topicId());
        }

        boolean hasId() {
            return !id.equals(Uuid.ZERO_UUID);
        }

        TopicImage in(ClusterImage image) {
            return hasId() ? image.topic(id) : image.topic(name);
        }

        /// The same topic, named the other way.
        Named otherWay(TopicImage topic) {
            return hasId() ? new Named(topic.name(), Uuid.ZERO_UUID) : new Named(null, topic.id());
        }
    }

    private CompletableFuture<DeletableTopicResult> delete(
            Named named, int times, Map<Named, Integer> asked, ClusterImage image) {
        if (named.hasId() == (named.name() != null)) {
            return Futures.done(
                    refused(
                            named,
                            Errors.INVALID_REQUEST,
                            "A topic is deleted either by its name or by its id."));
        }
        var topic = named.in(image);
        if (topic == null) {
            return Futures.done(
                    named.hasId()
                            ? refused(
                                    named,
                                    Errors.UNKNOWN_TOPIC_ID,
                                    "No topic has the id %s.".formatted(named.id()))
                            : refused(
                                    named,
                                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                    "The topic '%s' does not exist.".formatted(named.name())));
        }
        if (times > 1 || asked.containsKey(named.otherWay(topic))) {
            return Futures.done(
                    refused(
                            named,
                            Errors.INVALID_REQUEST,
                            "The request names the topic %s twice.".formatted(topic.name())));
        }
        return metadata.submitForAll(new DeleteTopic(topic.id()))
                .thenApply(outcome -> result(named, topic, outcome));
    }

    /// A topic that somebody else deleted meanwhile is told by what the client called it.
    private static DeletableTopicResult result(Named named, TopicImage topic, Outcome outcome) {
        if (outcome instanceof Outcome.Refused(var error, var message)) {
            return refused(
                    named,
                    error == Errors.UNKNOWN_TOPIC_ID && !named.hasId()
                            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                            : error,
                    message);
        }
        return new DeletableTopicResult().setName(topic.name()).setTopicId(topic.id());
    }

    private static DeletableTopicResult refused(Named named, Errors error, String message) {
        return new DeletableTopicResult()
                .setName(named.name())
                .setTopicId(named.id())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    public DeleteTopicsResponseData errorResponse(
            DeleteTopicsRequestData request, Errors error, String message) {
        var response = new DeleteTopicsResponseData();
        for (boolean byState : List.of(true, false)) {
            asked(request, byState)
                    .keySet()
                    .forEach(named -> response.responses().add(refused(named, error, message)));
        }
        return response;
    }
}
