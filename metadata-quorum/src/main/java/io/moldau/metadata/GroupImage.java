package io.moldau.metadata;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A classic group as its coordinator last saved it: what a new coordinator starts from.
///
/// Committed offsets are not here but in [CommittedOffsets].
///
/// @param generation as in JoinGroup; 0 for a group that never had a generation
/// @param protocolType such as `consumer`; empty when unknown
/// @param protocolName the chosen assignor, or `null`
/// @param leaderId member id of the leader, or `null`
/// @param stateTimestampMs when the group last changed state; offset expiry starts from it
public record GroupImage(
        String groupId,
        int generation,
        String protocolType,
        @Nullable String protocolName,
        @Nullable String leaderId,
        long stateTimestampMs,
        List<Member> members) {

    /// @param instanceId `group.instance.id` of a static member, or `null`
    /// @param subscription the member's metadata for the chosen protocol
    public record Member(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            ByteString subscription,
            ByteString assignment) {}
}
