package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/// What can happen to a group.
public sealed interface GroupEvent {

    /// A member asks to take part in the next generation.
    ///
    /// @param memberId empty when the member has none yet
    /// @param newMemberId the id to give it then; chance comes from outside
    /// @param idRoundTrip the client understands MEMBER_ID_REQUIRED (v4+): a dynamic member gets
    ///   its id first and joins with the second call, so that a lost answer leaves no ghost
    ///   (KIP-394)
    /// @param maySkipAssignment the client understands `skipAssignment` (v9+, KIP-814)
    /// @param reason why, in the client's words; empty when it gave none (KIP-800)
    record Join(
            Caller caller,
            String memberId,
            String newMemberId,
            Optional<String> instanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            String protocolType,
            List<Protocol> protocols,
            boolean idRoundTrip,
            boolean maySkipAssignment,
            String reason)
            implements GroupEvent {}

    /// A member asks for its assignment; the leader brings everybody's along.
    record Sync(
            Caller caller,
            String memberId,
            Optional<String> instanceId,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocolName,
            Map<String, ByteString> assignments)
            implements GroupEvent {}

    record Heartbeat(Caller caller, String memberId, Optional<String> instanceId, int generation)
            implements GroupEvent {}

    record Leave(Caller caller, List<Leaver> leavers) implements GroupEvent {}

    /// @param memberId may be empty for a static member, which an operator removes by its instance
    record Leaver(String memberId, Optional<String> instanceId, String reason) {}

    /// Time has passed: at the latest when [ClassicGroup#wakeAtMs()] said so.
    record Tick() implements GroupEvent {}

    /// The state of effect [GroupEffect.Save] is applied.
    record Saved(long saveId) implements GroupEvent {}

    /// It is not, and will not be.
    record NotSaved(long saveId, Errors error) implements GroupEvent {}

    /// This node no longer coordinates the group, or is about to stop.
    record Resign() implements GroupEvent {}

    /// One way to assign that a member offers, with what the assignor needs to know of it.
    record Protocol(String name, ByteString metadata) {}
}
