package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DeleteGroups`, API key 42, versions 0–3.
///
/// A group goes together with its committed offsets, and only when nobody is a member.
///
/// - v2: flexible versions
/// - v3: a sentence for every group that was not deleted
public final class DeleteGroupsHandler
        implements RequestHandler<DeleteGroupsRequestData, DeleteGroupsResponseData> {
    private final GroupCoordinator groups;

    public DeleteGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public CompletableFuture<DeleteGroupsResponseData> handle(
            RequestContext context, DeleteGroupsRequestData request) {
        var deletions = new LinkedHashMap<String, CompletableFuture<Errors>>();
        request.groupsNames().forEach(id -> deletions.computeIfAbsent(id, groups::delete));
        return CompletableFuture.allOf(deletions.values().toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var response = new DeleteGroupsResponseData();
                    deletions.forEach(
                            (id, error) -> response.results().add(result(id, error.join())));
                    return response;
                });
    }

    private static DeletableGroupResult result(String groupId, Errors error) {
        return new DeletableGroupResult()
                .setGroupId(groupId)
                .setErrorCode(error.code())
                .setErrorMessage(error == Errors.NONE ? null : error.message());
    }

    @Override
    public DeleteGroupsResponseData errorResponse(
            DeleteGroupsRequestData request, Errors error, String message) {
        var response = new DeleteGroupsResponseData();
        request.groupsNames().stream()
                .distinct()
                .forEach(id -> response.results().add(result(id, error)));
        return response;
    }
}
