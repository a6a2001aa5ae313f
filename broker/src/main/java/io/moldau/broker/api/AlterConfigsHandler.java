package io.moldau.broker.api;

import io.moldau.broker.config.ConfigChange.Step;
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
        return SettingChanges.each(
                        request.resources(),
                        resource ->
                                SettingChanges.target(
                                        resource.resourceType(), resource.resourceName()),
                        (resource, target) -> replace(target, resource, request.validateOnly()),
                        AlterConfigsHandler::answer)
                .thenApply(results -> new AlterConfigsResponseData().setResponses(results));
    }

    private CompletableFuture<Reply> replace(
            ConfigResource target, AlterConfigsResource resource, boolean validateOnly) {
        return changes.replace(
                target,
                resource.configs().stream()
                        .map(config -> new Step(OpType.SET, config.name(), config.value()))
                        .toList(),
                validateOnly);
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
