package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupView;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ListGroups`, API key 16, versions 0–5.
///
/// - v3: flexible versions
/// - v4: by state (KIP-518)
/// - v5: by type (KIP-848); all groups here are classic ones
///
/// A filter that names no state or type that exists finds nothing; upper and lower case are the
/// same.
public final class ListGroupsHandler
        implements RequestHandler<ListGroupsRequestData, ListGroupsResponseData> {
    private static final String CLASSIC = "classic";

    private final GroupCoordinator groups;

    public ListGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public CompletableFuture<ListGroupsResponseData> handle(
            RequestContext context, ListGroupsRequestData request) {
        return groups.list().thenApply(views -> response(request, views));
    }

    private static ListGroupsResponseData response(
            ListGroupsRequestData request, Collection<GroupView> views) {
        var response = new ListGroupsResponseData();
        if (!passes(request.typesFilter(), CLASSIC)) {
            return response;
        }
        return response.setGroups(
                views.stream()
                        .filter(view -> passes(request.statesFilter(), view.state()))
                        .sorted(Comparator.comparing(GroupView::groupId))
                        .map(view ->
                                new ListedGroup()
                                        .setGroupId(view.groupId())
                                        .setProtocolType(view.protocolType())
                                        .setGroupState(view.state())
                                        .setGroupType(CLASSIC))
                        .toList());
    }

    private static boolean passes(List<String> filter, String value) {
        return filter.isEmpty() || filter.stream().anyMatch(value::equalsIgnoreCase);
    }

    @Override
    public ListGroupsResponseData errorResponse(
            ListGroupsRequestData request, Errors error, String message) {
        return new ListGroupsResponseData().setErrorCode(error.code());
    }
}
