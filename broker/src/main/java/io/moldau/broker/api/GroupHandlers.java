package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupStore;
import io.moldau.env.Clock;
import java.util.List;

/// The handlers of the group APIs, for the wiring.
public final class GroupHandlers {
    private GroupHandlers() {}

    /// @param self this node's id
    /// @param offsetMetadataMaxBytes the setting `offset.metadata.max.bytes`
    public static List<RequestHandler<?, ?>> of(
            int self,
            GroupCoordinator groups,
            GroupStore store,
            OffsetsTopic offsetsTopic,
            NodeAddresses addresses,
            int offsetMetadataMaxBytes,
            Clock clock) {
        return List.of(
                new FindCoordinatorHandler(self, store, offsetsTopic, addresses),
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new OffsetCommitHandler(groups, store, offsetMetadataMaxBytes, clock),
                new OffsetFetchHandler(store),
                new OffsetDeleteHandler(groups, store),
                new ListGroupsHandler(groups),
                new DescribeGroupsHandler(groups),
                new DeleteGroupsHandler(groups));
    }
}
