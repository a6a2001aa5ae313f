package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupView;
import io.moldau.metadata.GroupImage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeGroups`, API key 15, versions 0–6.
///
/// - v3: authorized operations (KIP-430)
/// - v4: static members (KIP-345)
/// - v5: flexible versions
/// - v6: GROUP_ID_NOT_FOUND for a group that nobody knows, which was `Dead` before (KIP-1043)
public final class DescribeGroupsHandler
        implements RequestHandler<DescribeGroupsRequestData, DescribeGroupsResponseData> {
    private static final short NOT_FOUND_VERSION = 6;
    private static final String DEAD = "Dead";

    /// What may be done to a group where nothing is forbidden.
    private static final int ALL_OPERATIONS =
            bit(AclOperation.READ)
                    | bit(AclOperation.DELETE)
                    | bit(AclOperation.DESCRIBE)
                    | bit(AclOperation.DESCRIBE_CONFIGS)
                    | bit(AclOperation.ALTER_CONFIGS);

    private final GroupCoordinator groups;

    public DescribeGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    private static int bit(AclOperation operation) {
        return 1 << operation.code();
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public CompletableFuture<DescribeGroupsResponseData> handle(
            RequestContext context, DescribeGroupsRequestData request) {
        var described =
                request.groups().stream()
                        .map(groupId ->
                                groups.describe(groupId)
                                        .thenApply(view -> describe(context, groupId, view))
                                        .exceptionally(failure -> refused(groupId, failure)))
                        .toList();
        return Futures.inOrder(described)
                .thenApply(all -> {
                    if (request.includeAuthorizedOperations()) {
                        all.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(ALL_OPERATIONS));
                    }
                    return new DescribeGroupsResponseData().setGroups(all);
                });
    }

    private static DescribedGroup refused(String groupId, Throwable failure) {
        return new DescribedGroup()
                .setGroupId(groupId)
                .setErrorCode(Errors.forException(failure).code());
    }

    private static DescribedGroup describe(
            RequestContext context, String groupId, Optional<GroupView> view) {
        if (view.isPresent()) {
            return describe(view.get());
        }
        var unknown = new DescribedGroup().setGroupId(groupId).setGroupState(DEAD);
        if (context.apiVersion() >= NOT_FOUND_VERSION) {
            unknown.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                    .setErrorMessage("Group " + groupId + " not found.");
        }
        return unknown;
    }

    private static DescribedGroup describe(GroupView view) {
        return new DescribedGroup()
                .setGroupId(view.groupId())
                .setGroupState(view.state())
                .setProtocolType(view.protocolType())
                .setProtocolData(view.stable() ? view.protocolName() : "")
                .setMembers(
                        view.members().stream()
                                .map(member -> describe(member, view.stable()))
                                .toList());
    }

    private static DescribedGroupMember describe(GroupImage.Member member, boolean stable) {
        var described =
                new DescribedGroupMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.instanceId())
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost());
        return stable
                ? described
                        .setMemberMetadata(member.subscription().toByteArray())
                        .setMemberAssignment(member.assignment().toByteArray())
                : described;
    }

    @Override
    public DescribeGroupsResponseData errorResponse(
            DescribeGroupsRequestData request, Errors error, String message) {
        var response = new DescribeGroupsResponseData();
        request.groups()
                .forEach(groupId ->
                        response.groups()
                                .add(
                                        new DescribedGroup()
                                                .setGroupId(groupId)
                                                .setErrorCode(error.code())));
        return response;
    }
}
