package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/// What a caller is told.
public sealed interface GroupAnswer {
    /// Whether a client that hears this gives up what it owns, or ends: no news for whoever is a
    /// member at another coordinator.
    static boolean sendsAway(Errors error) {
        return error == Errors.UNKNOWN_MEMBER_ID
                || error == Errors.ILLEGAL_GENERATION
                || error == Errors.FENCED_INSTANCE_ID;
    }

    default boolean sendsAway() {
        return switch (this) {
            case Joined joined -> sendsAway(joined.error());
            case Synced synced -> sendsAway(synced.error());
            case Alive(var error) -> sendsAway(error);
            case Left _ -> false;
        };
    }

    /// @param members everybody with their metadata for the leader; empty for the others
    record Joined(
            Errors error,
            String memberId,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocolName,
            String leaderId,
            boolean skipAssignment,
            List<JoinedMember> members)
            implements GroupAnswer {

        static Joined refused(Errors error, String memberId) {
            return new Joined(
                    error, memberId, -1, Optional.empty(), Optional.empty(), "", false, List.of());
        }
    }

    record JoinedMember(String memberId, Optional<String> instanceId, ByteString metadata) {}

    record Synced(
            Errors error,
            Optional<String> protocolType,
            Optional<String> protocolName,
            ByteString assignment)
            implements GroupAnswer {

        static Synced refused(Errors error) {
            return new Synced(error, Optional.empty(), Optional.empty(), ByteString.EMPTY);
        }
    }

    record Alive(Errors error) implements GroupAnswer {}

    record Left(List<LeaverOutcome> outcomes) implements GroupAnswer {}

    record LeaverOutcome(String memberId, Optional<String> instanceId, Errors error) {}
}
