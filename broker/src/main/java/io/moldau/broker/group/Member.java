package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupEvent.Protocol;
import io.moldau.metadata.GroupImage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One member as the group knows it. Changed by [Roster] and the rules around it only.
final class Member {
    private final String id;
    private final Optional<String> instanceId;
    private String clientId;
    private String clientHost;
    private int sessionTimeoutMs;
    private int rebalanceTimeoutMs;
    private List<Protocol> protocols;
    private ByteString assignment = ByteString.EMPTY;

    /// Has not been in a generation yet, so it does not know that it should heartbeat.
    private boolean newcomer = true;

    /// It was told of this generation and has not asked for its assignment.
    private boolean owesSync;

    private long deadlineMs;
    private @Nullable Caller parkedJoin;
    private @Nullable Caller parkedSync;

    Member(String id, GroupEvent.Join join) {
        this.id = id;
        this.instanceId = join.instanceId();
        this.clientId = join.clientId();
        this.clientHost = join.clientHost();
        this.sessionTimeoutMs = join.sessionTimeoutMs();
        this.rebalanceTimeoutMs = join.rebalanceTimeoutMs();
        this.protocols = join.protocols();
    }

    /// A member of the generation that was saved last.
    Member(GroupImage.Member saved, String protocolName) {
        this.id = saved.memberId();
        this.instanceId = Optional.ofNullable(saved.instanceId());
        this.clientId = saved.clientId();
        this.clientHost = saved.clientHost();
        this.sessionTimeoutMs = saved.sessionTimeoutMs();
        this.rebalanceTimeoutMs = saved.rebalanceTimeoutMs();
        this.protocols = List.of(new Protocol(protocolName, saved.subscription()));
        this.assignment = saved.assignment();
        this.newcomer = false;
    }

    /// Takes the place of `old`, which was this static member before it restarted.
    void inherit(Member old) {
        assignment = old.assignment;
        newcomer = old.newcomer;
    }

    /// What a member says anew with every join.
    void renew(GroupEvent.Join join) {
        clientId = join.clientId();
        clientHost = join.clientHost();
        sessionTimeoutMs = join.sessionTimeoutMs();
        rebalanceTimeoutMs = join.rebalanceTimeoutMs();
        protocols = join.protocols();
    }

    GroupImage.Member saved(String protocolName) {
        return new GroupImage.Member(
                id,
                instanceId.orElse(null),
                clientId,
                clientHost,
                sessionTimeoutMs,
                rebalanceTimeoutMs,
                metadata(protocolName),
                assignment);
    }

    /// Starts its session anew.
    void seen(long nowMs) {
        deadlineMs =
                nowMs
                        + (newcomer
                                ? GroupSettings.NEW_MEMBER_JOIN_TIMEOUT_MS
                                : Math.max(1, sessionTimeoutMs));
    }

    /// A call of it is waiting here, so it cannot be expected to heartbeat.
    boolean waitsHere() {
        return !newcomer && (parkedJoin != null || parkedSync != null);
    }

    boolean hasRejoined() {
        return parkedJoin != null;
    }

    @Nullable Caller replaceParkedJoin(@Nullable Caller caller) {
        var before = parkedJoin;
        parkedJoin = caller;
        return before;
    }

    @Nullable Caller replaceParkedSync(@Nullable Caller caller) {
        var before = parkedSync;
        parkedSync = caller;
        return before;
    }

    /// Empty for a protocol that the member does not offer.
    ByteString metadata(String protocolName) {
        for (var protocol : protocols) {
            if (protocol.name().equals(protocolName)) {
                return protocol.metadata();
            }
        }
        return ByteString.EMPTY;
    }

    /// Who it is, for people.
    String described() {
        var who = new StringBuilder(id).append(" (client ").append(clientId).append(' ');
        who.append(clientHost);
        instanceId.ifPresent(instance -> who.append(", static ").append(instance));
        return who.append(')').toString();
    }

    void joinedGeneration() {
        newcomer = false;
        owesSync = true;
    }

    void owesSync(boolean owes) {
        owesSync = owes;
    }

    boolean owesSync() {
        return owesSync;
    }

    void assignment(ByteString bytes) {
        assignment = bytes;
    }

    ByteString assignment() {
        return assignment;
    }

    String id() {
        return id;
    }

    Optional<String> instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId.isPresent();
    }

    String clientId() {
        return clientId;
    }

    String clientHost() {
        return clientHost;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    long deadlineMs() {
        return deadlineMs;
    }
}
