package io.moldau.broker.api;

import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupEvent.Heartbeat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `Heartbeat`, API key 12, versions 0–4.
///
/// - v3: static members (KIP-345)
/// - v4: flexible versions
public final class HeartbeatHandler
        implements RequestHandler<HeartbeatRequestData, HeartbeatResponseData> {
    private final GroupCoordinator groups;

    public HeartbeatHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public CompletableFuture<HeartbeatResponseData> handle(
            RequestContext context, HeartbeatRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(response(Errors.INVALID_GROUP_ID));
        }
        return groups.ask(
                        request.groupId(),
                        Alive.class,
                        caller ->
                                new Heartbeat(
                                        caller,
                                        request.memberId(),
                                        Optional.ofNullable(request.groupInstanceId()),
                                        request.generationId()))
                .thenApply(alive -> response(alive.error()));
    }

    private static HeartbeatResponseData response(Errors error) {
        return new HeartbeatResponseData().setErrorCode(error.code());
    }

    @Override
    public HeartbeatResponseData errorResponse(
            HeartbeatRequestData request, Errors error, String message) {
        return response(error);
    }
}
