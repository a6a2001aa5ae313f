package io.moldau.broker.api;

import io.moldau.broker.group.GroupStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/// `FindCoordinator`, API key 10, versions 0–6.
///
/// This node coordinates every group. The address is that of the listener which the client came in
/// on.
///
/// - v1: what kind of coordinator; error messages
/// - v3: flexible versions
/// - v4: many keys at once (KIP-699)
/// - v6: share groups (KIP-932)
///
/// Transactions and share groups are refused in a sentence: a client that were told to retry would
/// wait for something that never comes.
public final class FindCoordinatorHandler
        implements RequestHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {
    private static final short BATCH_VERSION = 4;
    private static final int NO_NODE = -1;

    private final int self;
    private final GroupStore store;
    private final OffsetsTopic offsetsTopic;
    private final NodeAddresses addresses;

    public FindCoordinatorHandler(
            int self, GroupStore store, OffsetsTopic offsetsTopic, NodeAddresses addresses) {
        this.self = self;
        this.store = store;
        this.offsetsTopic = offsetsTopic;
        this.addresses = addresses;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public CompletableFuture<FindCoordinatorResponseData> handle(
            RequestContext context, FindCoordinatorRequestData request) {
        return coordinator(context, request.keyType())
                .thenApply(found -> response(request, found, context.apiVersion()));
    }

    /// The coordinator of every key of that type.
    private CompletableFuture<Coordinator> coordinator(RequestContext context, byte keyType) {
        if (keyType == CoordinatorType.GROUP.id()) {
            return offsetsTopic.ensure().thenApply(error -> thisNode(context, error));
        }
        return CompletableFuture.completedFuture(
                refused(Errors.INVALID_REQUEST, notServed(keyType)));
    }

    private static String notServed(byte keyType) {
        if (keyType == CoordinatorType.TRANSACTION.id()) {
            return "Transactions are not served by this version of the broker.";
        }
        if (keyType == CoordinatorType.SHARE.id()) {
            return "Share groups are not served by this version of the broker.";
        }
        return "There is no coordinator of type " + keyType + ".";
    }

    private Coordinator thisNode(RequestContext context, Errors error) {
        if (error != Errors.NONE) {
            return refused(error, error.message());
        }
        var node = store.image().node(self);
        var address = node == null ? null : addresses.of(node, context).orElse(null);
        if (address == null) {
            return refused(
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    "The coordinator has no listener " + context.listener() + ".");
        }
        return new Coordinator()
                .setErrorCode(Errors.NONE.code())
                .setErrorMessage("")
                .setNodeId(self)
                .setHost(address.host())
                .setPort(address.port());
    }

    private static Coordinator refused(Errors error, String message) {
        return new Coordinator()
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setNodeId(NO_NODE)
                .setHost("")
                .setPort(NO_NODE);
    }

    private static FindCoordinatorResponseData response(
            FindCoordinatorRequestData request, Coordinator found, short version) {
        return version >= BATCH_VERSION
                ? batched(request.coordinatorKeys(), found)
                : new FindCoordinatorResponseData()
                        .setErrorCode(found.errorCode())
                        .setErrorMessage(
                                found.errorCode() == Errors.NONE.code()
                                        ? Errors.NONE.message()
                                        : found.errorMessage())
                        .setNodeId(found.nodeId())
                        .setHost(found.host())
                        .setPort(found.port());
    }

    private static FindCoordinatorResponseData batched(List<String> keys, Coordinator found) {
        return new FindCoordinatorResponseData()
                .setCoordinators(keys.stream().map(key -> found.duplicate().setKey(key)).toList());
    }

    @Override
    public FindCoordinatorResponseData errorResponse(
            FindCoordinatorRequestData request, Errors error, String message) {
        var refused = refused(error, message);
        return request.coordinatorKeys().isEmpty()
                ? response(request, refused, (short) 0)
                : batched(request.coordinatorKeys(), refused);
    }
}
