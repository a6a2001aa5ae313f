package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.metadata.Outcome;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `UnregisterBroker`, API key 64, version 0.
///
/// The cluster forgets a node (KIP-500), here also as a member of the metadata quorum: it may come
/// back with an empty data directory only. Partitions keep it among their replicas until they are
/// reassigned.
public final class UnregisterBrokerHandler
        implements RequestHandler<UnregisterBrokerRequestData, UnregisterBrokerResponseData> {
    private final MetadataAccess metadata;
    private final VoterChanges changes;

    public UnregisterBrokerHandler(MetadataAccess metadata, VoterChanges changes) {
        this.metadata = metadata;
        this.changes = changes;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.UNREGISTER_BROKER;
    }

    @Override
    public CompletableFuture<UnregisterBrokerResponseData> handle(
            RequestContext context, UnregisterBrokerRequestData request) {
        int nodeId = request.brokerId();
        if (metadata.image().node(nodeId) == null) {
            return Futures.done(
                    errorResponse(
                            request,
                            Errors.BROKER_ID_NOT_REGISTERED,
                            "No node %d is registered.".formatted(nodeId)));
        }
        return changes.expel(nodeId)
                .thenCompose(result ->
                        result.error() == Errors.NONE
                                ? metadata.submit(new UnregisterNode(nodeId))
                                        .thenApply(outcome -> response(request, outcome))
                                : Futures.done(
                                        errorResponse(request, result.error(), result.message())));
    }

    private UnregisterBrokerResponseData response(
            UnregisterBrokerRequestData request, Outcome outcome) {
        return outcome instanceof Outcome.Refused(var error, var message)
                ? errorResponse(request, error, message)
                : new UnregisterBrokerResponseData();
    }

    @Override
    public UnregisterBrokerResponseData errorResponse(
            UnregisterBrokerRequestData request, Errors error, String message) {
        return new UnregisterBrokerResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
