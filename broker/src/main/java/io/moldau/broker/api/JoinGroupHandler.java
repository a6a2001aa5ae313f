package io.moldau.broker.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.moldau.broker.group.Caller;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupEvent.Join;
import io.moldau.broker.group.GroupEvent.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `JoinGroup`, API key 11, versions 0–9.
///
/// - v1: the rebalance timeout apart from the session timeout (KIP-62)
/// - v4: a new member gets its id first and joins with the second call (KIP-394)
/// - v5: static members (KIP-345)
/// - v6: flexible versions
/// - v7: the answer names the protocol type (KIP-559); the protocol name may be null
/// - v8: the reason (KIP-800)
/// - v9: a leader that came back may skip the assignment (KIP-814)
public final class JoinGroupHandler
        implements RequestHandler<JoinGroupRequestData, JoinGroupResponseData> {
    private static final short ID_ROUND_TRIP_VERSION = 4;
    private static final short NULL_PROTOCOL_VERSION = 7;
    private static final short SKIP_ASSIGNMENT_VERSION = 9;

    private final GroupCoordinator groups;

    public JoinGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public CompletableFuture<JoinGroupResponseData> handle(
            RequestContext context, JoinGroupRequestData request) {
        short version = context.apiVersion();
        if (request.groupId().isEmpty()) {
            var refused = new JoinGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code());
            return CompletableFuture.completedFuture(refused.setProtocolName(noProtocol(version)));
        }
        return groups.ask(
                        request.groupId(), Joined.class, caller -> event(context, request, caller))
                .thenApply(joined -> response(joined, version));
    }

    private static Join event(RequestContext context, JoinGroupRequestData request, Caller caller) {
        short version = context.apiVersion();
        var instanceId = Optional.ofNullable(request.groupInstanceId());
        return new Join(
                caller,
                request.memberId(),
                instanceId.orElse(context.clientId()) + "-" + UUID.randomUUID(),
                instanceId,
                context.clientId(),
                context.clientHost(),
                request.sessionTimeoutMs(),
                version == 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                request.protocolType(),
                protocols(request),
                version >= ID_ROUND_TRIP_VERSION,
                version >= SKIP_ASSIGNMENT_VERSION,
                request.reason() == null ? "" : request.reason());
    }

    private static List<Protocol> protocols(JoinGroupRequestData request) {
        return request.protocols().stream()
                .map(p -> new Protocol(p.name(), UnsafeByteOperations.unsafeWrap(p.metadata())))
                .toList();
    }

    private static JoinGroupResponseData response(Joined joined, short version) {
        var response =
                new JoinGroupResponseData()
                        .setErrorCode(joined.error().code())
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generation())
                        .setProtocolType(joined.protocolType().orElse(null))
                        .setProtocolName(joined.protocolName().orElse(noProtocol(version)))
                        .setLeader(joined.leaderId())
                        .setSkipAssignment(joined.skipAssignment());
        for (var member : joined.members()) {
            response.members()
                    .add(
                            new JoinGroupResponseMember()
                                    .setMemberId(member.memberId())
                                    .setGroupInstanceId(member.instanceId().orElse(null))
                                    .setMetadata(bytes(member.metadata())));
        }
        return response;
    }

    private static byte[] bytes(ByteString from) {
        return from.toByteArray();
    }

    private static String noProtocol(short version) {
        return version >= NULL_PROTOCOL_VERSION ? null : "";
    }

    @Override
    public JoinGroupResponseData errorResponse(
            JoinGroupRequestData request, Errors error, String message) {
        // Empty and not null: that can be written at every version.
        return new JoinGroupResponseData().setErrorCode(error.code()).setProtocolName("");
    }
}
