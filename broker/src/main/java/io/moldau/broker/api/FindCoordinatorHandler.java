package io.moldau.broker.api;

import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.metadata.TopicImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/// `FindCoordinator`, API key 10, versions 0–6.
///
/// A group is coordinated by the leader of the partition of `__consumer_offsets` that its id hashes
/// to. The address is that of the listener which the client came in on.
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

    private final MetadataAccess metadata;
    private final OffsetsTopic offsetsTopic;
    private final NodeAddresses addresses;

    public FindCoordinatorHandler(
            MetadataAccess metadata, OffsetsTopic offsetsTopic, NodeAddresses addresses) {
        this.metadata = metadata;
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
        if (request.keyType() != CoordinatorType.GROUP.id()) {
            var refused = refused(Errors.INVALID_REQUEST, notServed(request.keyType()));
            return Futures.done(response(context, request, _ -> refused));
        }
        return offsetsTopic
                .ensure()
                .thenCombine(
                        LostLeaders.succeeded(metadata, context.connection(), this::isSeat),
                        (error, _) -> error)
                .thenApply(error ->
                        response(
                                context,
                                request,
                                error == Errors.NONE
                                        ? group -> coordinator(context, group)
                                        : _ -> refused(error, error.message())));
    }

    private boolean isSeat(TopicImage topic) {
        return topic.name().equals(Topic.GROUP_METADATA_TOPIC_NAME);
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

    private Coordinator coordinator(RequestContext context, String group) {
        var image = metadata.image();
        var node =
                CoordinatorSeat.of(group, image)
                        .map(seat -> image.node(seat.node()))
                        .filter(leader -> !leader.fenced());
        if (node.isEmpty()) {
            return refused(
                    Errors.COORDINATOR_NOT_AVAILABLE, "No node coordinates the group at present.");
        }
        return node.flatMap(leader -> addresses.of(leader, context))
                .map(address ->
                        new Coordinator()
                                .setErrorCode(Errors.NONE.code())
                                .setErrorMessage("")
                                .setNodeId(node.get().id())
                                .setHost(address.host())
                                .setPort(address.port()))
                .orElseGet(() ->
                        refused(
                                Errors.COORDINATOR_NOT_AVAILABLE,
                                "The coordinator has no listener " + context.listener() + "."));
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
            RequestContext context,
            FindCoordinatorRequestData request,
            Function<String, Coordinator> finder) {
        return context.apiVersion() >= BATCH_VERSION
                ? batched(request.coordinatorKeys(), finder)
                : single(finder.apply(request.key()));
    }

    private static FindCoordinatorResponseData single(Coordinator found) {
        return new FindCoordinatorResponseData()
                .setErrorCode(found.errorCode())
                .setErrorMessage(
                        found.errorCode() == Errors.NONE.code()
                                ? Errors.NONE.message()
                                : found.errorMessage())
                .setNodeId(found.nodeId())
                .setHost(found.host())
                .setPort(found.port());
    }

    private static FindCoordinatorResponseData batched(
            List<String> keys, Function<String, Coordinator> finder) {
        return new FindCoordinatorResponseData()
                .setCoordinators(
                        keys.stream()
                                .map(key -> finder.apply(key).duplicate().setKey(key))
                                .toList());
    }

    @Override
    public FindCoordinatorResponseData errorResponse(
            FindCoordinatorRequestData request, Errors error, String message) {
        var refused = refused(error, message);
        return request.coordinatorKeys().isEmpty()
                ? single(refused)
                : batched(request.coordinatorKeys(), _ -> refused);
    }
}
