package io.moldau.broker.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupEvent.Sync;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `SyncGroup`, API key 14, versions 0–5.
///
/// The leader brings the assignment; everybody waits here until it is durable, and then gets their
/// own part.
///
/// - v3: static members (KIP-345)
/// - v4: flexible versions
/// - v5: the member names protocol type and name, which must be the group's (KIP-559)
public final class SyncGroupHandler
        implements RequestHandler<SyncGroupRequestData, SyncGroupResponseData> {
    private static final short PROTOCOL_VERSION = 5;

    private final GroupCoordinator groups;

    public SyncGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.SYNC_GROUP;
    }

    @Override
    public CompletableFuture<SyncGroupResponseData> handle(
            RequestContext context, SyncGroupRequestData request) {
        if (context.apiVersion() >= PROTOCOL_VERSION
                && (request.protocolType() == null || request.protocolName() == null)) {
            return refused(request, Errors.INCONSISTENT_GROUP_PROTOCOL);
        }
        if (request.groupId().isEmpty()) {
            return refused(request, Errors.INVALID_GROUP_ID);
        }
        return groups.ask(
                        request.groupId(),
                        Synced.class,
                        caller ->
                                new Sync(
                                        caller,
                                        request.memberId(),
                                        Optional.ofNullable(request.groupInstanceId()),
                                        request.generationId(),
                                        Optional.ofNullable(request.protocolType()),
                                        Optional.ofNullable(request.protocolName()),
                                        assignments(request)))
                .thenApply(SyncGroupHandler::response);
    }

    private static Map<String, ByteString> assignments(SyncGroupRequestData request) {
        var assignments = new HashMap<String, ByteString>();
        for (var assigned : request.assignments()) {
            assignments.put(
                    assigned.memberId(), UnsafeByteOperations.unsafeWrap(assigned.assignment()));
        }
        return assignments;
    }

    private static SyncGroupResponseData response(Synced synced) {
        return new SyncGroupResponseData()
                .setErrorCode(synced.error().code())
                .setProtocolType(synced.protocolType().orElse(null))
                .setProtocolName(synced.protocolName().orElse(null))
                .setAssignment(synced.assignment().toByteArray());
    }

    private CompletableFuture<SyncGroupResponseData> refused(
            SyncGroupRequestData request, Errors error) {
        return CompletableFuture.completedFuture(errorResponse(request, error, error.message()));
    }

    @Override
    public SyncGroupResponseData errorResponse(
            SyncGroupRequestData request, Errors error, String message) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }
}
