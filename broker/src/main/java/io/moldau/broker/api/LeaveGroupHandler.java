package io.moldau.broker.api;

import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupEvent.Leave;
import io.moldau.broker.group.GroupEvent.Leaver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `LeaveGroup`, API key 13, versions 0–5.
///
/// - v3: many members at once, static ones by their instance id (KIP-345)
/// - v4: flexible versions
/// - v5: the reason (KIP-800)
public final class LeaveGroupHandler
        implements RequestHandler<LeaveGroupRequestData, LeaveGroupResponseData> {
    private static final short BATCH_VERSION = 3;

    private final GroupCoordinator groups;

    public LeaveGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public CompletableFuture<LeaveGroupResponseData> handle(
            RequestContext context, LeaveGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(
                    new LeaveGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
        }
        boolean batch = context.apiVersion() >= BATCH_VERSION;
        var leavers =
                batch
                        ? request.members().stream().map(LeaveGroupHandler::leaver).toList()
                        : List.of(new Leaver(request.memberId(), Optional.empty(), ""));
        return groups.ask(request.groupId(), Left.class, caller -> new Leave(caller, leavers))
                .thenApply(left -> batch ? each(left) : single(left));
    }

    private static Leaver leaver(LeaveGroupRequestData.MemberIdentity member) {
        return new Leaver(
                member.memberId(),
                Optional.ofNullable(member.groupInstanceId()),
                member.reason() == null ? "" : member.reason());
    }

    private static LeaveGroupResponseData single(Left left) {
        return new LeaveGroupResponseData().setErrorCode(left.outcomes().getFirst().error().code());
    }

    private static LeaveGroupResponseData each(Left left) {
        return new LeaveGroupResponseData()
                .setMembers(
                        left.outcomes().stream()
                                .map(outcome ->
                                        new MemberResponse()
                                                .setMemberId(outcome.memberId())
                                                .setGroupInstanceId(
                                                        outcome.instanceId().orElse(null))
                                                .setErrorCode(outcome.error().code()))
                                .toList());
    }

    @Override
    public LeaveGroupResponseData errorResponse(
            LeaveGroupRequestData request, Errors error, String message) {
        return new LeaveGroupResponseData().setErrorCode(error.code());
    }
}
