package io.moldau.broker.api;

import io.moldau.broker.config.ConfigChange.Step;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `IncrementalAlterConfigs`, API key 44, versions 0–1.
///
/// Sets, deletes, appends to and subtracts from single settings (KIP-339) of topics, brokers,
/// loggers (KIP-412), groups and client metrics. The changes of one resource are made all or none;
/// they hold without a restart.
///
/// - v1: flexible versions
public final class IncrementalAlterConfigsHandler
        implements RequestHandler<
                IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData> {
    private final SettingChanges changes;

    public IncrementalAlterConfigsHandler(SettingChanges changes) {
        this.changes = changes;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> handle(
            RequestContext context, IncrementalAlterConfigsRequestData request) {
        return SettingChanges.each(
                        request.resources(),
                        resource ->
                                SettingChanges.target(
                                        resource.resourceType(), resource.resourceName()),
                        (resource, target) -> change(target, resource, request.validateOnly()),
                        IncrementalAlterConfigsHandler::answer)
                .thenApply(
                        results -> new IncrementalAlterConfigsResponseData().setResponses(results));
    }

    private CompletableFuture<Reply> change(
            ConfigResource target, AlterConfigsResource resource, boolean validateOnly) {
        var steps = new ArrayList<Step>();
        for (var config : resource.configs()) {
            var op = OpType.forId(config.configOperation());
            if (op == null) {
                return Futures.done(
                        new Reply(
                                Errors.INVALID_REQUEST,
                                "There is no operation %d on a setting."
                                        .formatted(config.configOperation())));
            }
            steps.add(new Step(op, config.name(), config.value()));
        }
        return changes.change(target, steps, validateOnly);
    }

    private static AlterConfigsResourceResponse answer(AlterConfigsResource resource, Reply reply) {
        return new AlterConfigsResourceResponse()
                .setErrorCode(reply.error().code())
                .setErrorMessage(reply.message())
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
    }

    @Override
    public IncrementalAlterConfigsResponseData errorResponse(
            IncrementalAlterConfigsRequestData request, Errors error, String message) {
        var response = new IncrementalAlterConfigsResponseData();
        request.resources()
                .forEach(resource ->
                        response.responses().add(answer(resource, new Reply(error, message))));
        return response;
    }
}
