package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ListPartitionReassignments`, API key 46, version 0.
///
/// `kafka-topics --describe` asks it for every topic (KIP-455). Replicas do not move between nodes
/// here, so none is ever on its way.
public final class ListPartitionReassignmentsHandler
        implements RequestHandler<
                ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> handle(
            RequestContext context, ListPartitionReassignmentsRequestData request) {
        return Futures.done(new ListPartitionReassignmentsResponseData());
    }

    @Override
    public ListPartitionReassignmentsResponseData errorResponse(
            ListPartitionReassignmentsRequestData request, Errors error, String message) {
        return new ListPartitionReassignmentsResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
