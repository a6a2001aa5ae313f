package io.moldau.broker.api;

import io.moldau.broker.config.ConfigChange.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `AlterConfigs`, API key 33, versions 0–2.
///
/// Replaces all settings of a resource (KIP-133): what the request does not name goes back to its
/// default. Older tools still use it; newer ones change single settings with
/// IncrementalAlterConfigs.
///
/// - v2: flexible versions
public final class AlterConfigsHandler
        implements RequestHandler<AlterConfigsRequestData, AlterConfigsResponseData> {
    private final SettingChanges changes;

    public AlterConfigsHandler(SettingChanges changes) {
        this.changes = changes;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public CompletableFuture<AlterConfigsResponseData> handle(
            RequestContext context, AlterConfigsRequestData request) {
        var answers = new ArrayList<CompletableFuture<AlterConfigsResourceResponse>>();
        var seen = new HashSet<List<?>>();
        for (var resource : request.resources()) {
            boolean first = seen.add(List.of(resource.resourceType(), resource.resourceName()));
            answers.add(
                    (first ? replace(resource, request.validateOnly()) : Futures.done(duplicate()))
                            .thenApply(reply -> answer(resource, reply)));
        }
        return Futures.inOrder(answers)
                .thenApply(results -> new AlterConfigsResponseData().setResponses(results));
    }

    private CompletableFuture<Reply> replace(AlterConfigsResource resource, boolean validateOnly) {
        return changes.replace(
                new ConfigResource(
                        ConfigResource.Type.forId(resource.resourceType()),
                        resource.resourceName()),
                resource.configs().stream()
                        .map(config -> new Step(OpType.SET, config.name(), config.value()))
                        .toList(),
                validateOnly);
    }

    private static Reply duplicate() {
        return new Reply(Errors.INVALID_REQUEST, "The request names this resource twice.");
    }

    private static AlterConfigsResourceResponse answer(AlterConfigsResource resource, Reply reply) {
        return new AlterConfigsResourceResponse()
                .setErrorCode(reply.error().code())
                .setErrorMessage(reply.message())
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
    }

    @Override
    public AlterConfigsResponseData errorResponse(
            AlterConfigsRequestData request, Errors error, String message) {
        var response = new AlterConfigsResponseData();
        request.resources()
                .forEach(resource ->
                        response.responses().add(answer(resource, new Reply(error, message))));
        return response;
    }
}
