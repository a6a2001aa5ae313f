package io.moldau.broker.group;

import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupEvent.Join;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/// Who may join, and what a join sets off.
final class JoinRules {
    private final GroupState group;
    private final Roster roster;

    JoinRules(GroupState group) {
        this.group = group;
        this.roster = group.roster();
    }

    void onJoin(Join join, long nowMs) {
        var error = refusal(join);
        if (error == Errors.GROUP_MAX_SIZE_REACHED) {
            turnAway(join, nowMs);
        } else if (error != Errors.NONE) {
            refuse(join, error);
        } else if (join.memberId().isEmpty()) {
            onNewMember(join, nowMs);
        } else {
            onKnownMember(join, nowMs);
        }
    }

    private void turnAway(Join join, long nowMs) {
        roster.pending().remove(join.memberId());
        var member = roster.get(join.memberId());
        if (member != null) {
            group.remove(member, Errors.GROUP_MAX_SIZE_REACHED);
        }
        group.answer(join.caller(), Joined.refused(Errors.GROUP_MAX_SIZE_REACHED, ""));
        group.completeJoinIfAllAreBack(nowMs);
    }

    private Errors refusal(Join join) {
        var settings = group.settings();
        if (join.sessionTimeoutMs() < settings.minSessionTimeoutMs()
                || join.sessionTimeoutMs() > settings.maxSessionTimeoutMs()) {
            return Errors.INVALID_SESSION_TIMEOUT;
        }
        if (group.phase() instanceof Phase.Dead) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        if (!fits(join)) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (payloadBytes(join) > GroupSettings.GROUP_BYTES_MAX) {
            return Errors.INVALID_REQUEST;
        }
        return isFull(join) ? Errors.GROUP_MAX_SIZE_REACHED : Errors.NONE;
    }

    private boolean fits(Join join) {
        if (roster.size() == 0) {
            return !join.protocolType().isEmpty() && !join.protocols().isEmpty();
        }
        return group.protocolType().equals(Optional.of(join.protocolType()))
                && roster.fits(join.protocols());
    }

    private static long payloadBytes(Join join) {
        return join.protocols().stream()
                .mapToLong(p -> (long) p.name().length() + p.metadata().size())
                .sum();
    }

    /// In a rebalance those count who are back, so that a full group's members can replace one
    /// another; otherwise all members count.
    private boolean isFull(Join join) {
        int max = group.settings().maxSize();
        var member = roster.get(join.memberId());
        return switch (group.phase()) {
            case Phase.Empty(), Phase.Dead() -> false;
            case Phase.Gathering _, Phase.Preparing _ ->
                    (member == null || !member.hasRejoined()) && roster.rejoinedCount() >= max;
            case Phase.Completing _ -> member == null && !isHeir(join) && roster.size() >= max;
            case Phase.Stable() -> member == null && !isHeir(join) && roster.size() >= max;
        };
    }

    /// A static member that comes back takes its own place and no other.
    private boolean isHeir(Join join) {
        return roster.ofInstance(join.instanceId()) != null;
    }

    private void onNewMember(Join join, long nowMs) {
        if (join.instanceId().isPresent()) {
            var old = roster.ofInstance(join.instanceId());
            if (old == null) {
                admit(join, join.newMemberId(), nowMs);
            } else {
                onStaticReturn(join, old, nowMs);
            }
        } else if (!join.idRoundTrip()) {
            admit(join, join.newMemberId(), nowMs);
        } else if (roster.pending().size() >= GroupSettings.PENDING_MEMBERS_MAX) {
            refuse(join, Errors.COORDINATOR_NOT_AVAILABLE);
        } else {
            long deadlineMs = nowMs + join.sessionTimeoutMs();
            roster.pending().put(join.newMemberId(), deadlineMs);
            group.wakeBy(deadlineMs);
            group.answer(
                    join.caller(), Joined.refused(Errors.MEMBER_ID_REQUIRED, join.newMemberId()));
        }
    }

    private void admit(Join join, String memberId, long nowMs) {
        if (roster.size() == 0) {
            group.protocolType(join.protocolType());
        }
        var member = new Member(memberId, join);
        group.addAndRebalance(member, join.caller(), cause(member, "joined", join.reason()), nowMs);
    }

    private void onKnownMember(Join join, long nowMs) {
        if (roster.pending().containsKey(join.memberId())) {
            if (join.instanceId().isPresent()) {
                refuse(join, Errors.UNKNOWN_MEMBER_ID); // Ids are given to dynamic members only.
                return;
            }
            roster.pending().remove(join.memberId());
            admit(join, join.memberId(), nowMs);
            return;
        }
        var error = roster.check(join.memberId(), join.instanceId());
        if (error != Errors.NONE) {
            refuse(join, error);
            return;
        }
        var member = roster.get(join.memberId());
        switch (group.phase()) {
            case Phase.Gathering _, Phase.Preparing _ -> rejoin(join, member, "rejoined", nowMs);
            case Phase.Completing _ -> {
                if (member.protocols().equals(join.protocols())) {
                    repeatGeneration(join, member, nowMs); // The answer to its join was lost.
                } else {
                    rejoin(join, member, "rejoined with other protocols", nowMs);
                }
            }
            case Phase.Stable() -> {
                if (roster.isLeader(member)) {
                    // It has seen a change that it must assign anew for, such as more partitions.
                    rejoin(join, member, "leader asked for a new assignment", nowMs);
                } else if (!member.protocols().equals(join.protocols())) {
                    rejoin(join, member, "rejoined with another subscription", nowMs);
                } else {
                    repeatGeneration(join, member, nowMs);
                }
            }
            case Phase.Empty(), Phase.Dead() -> refuse(join, Errors.UNKNOWN_MEMBER_ID);
        }
    }

    private void rejoin(Join join, Member member, String what, long nowMs) {
        roster.renew(member, join);
        group.parkJoin(member, join.caller(), nowMs);
        group.rebalanceOrGoOn(List.of(cause(member, what, join.reason())), nowMs);
    }

    private void repeatGeneration(Join join, Member member, long nowMs) {
        boolean withMembers = group.phase() instanceof Phase.Completing && roster.isLeader(member);
        group.renewSession(member, nowMs);
        group.answer(join.caller(), group.currentGeneration(member, withMembers, false));
    }

    /// A static member has restarted and forgotten its member id. If nothing else changed it takes
    /// its old assignment, and nobody else notices.
    private void onStaticReturn(Join join, Member old, long nowMs) {
        var leaderBefore = roster.leaderId().orElse("");
        var heir = new Member(join.newMemberId(), join);
        group.fence(old, heir);
        var cause = cause(heir, "came back", join.reason());
        switch (group.phase()) {
            case Phase.Stable() -> {
                if (changesNothing(old, heir)) {
                    takePlace(join, heir, leaderBefore, nowMs);
                } else {
                    group.parkJoin(heir, join.caller(), nowMs);
                    group.prepareRebalance(List.of(cause), nowMs);
                }
            }
            // The leader may be assigning to the old id at this moment: begin again.
            case Phase.Completing _, Phase.Gathering _, Phase.Preparing _ -> {
                group.parkJoin(heir, join.caller(), nowMs);
                group.rebalanceOrGoOn(List.of(cause), nowMs);
            }
            case Phase.Empty(), Phase.Dead() -> refuse(join, Errors.UNKNOWN_MEMBER_ID);
        }
    }

    private void takePlace(Join join, Member heir, String leaderBefore, long nowMs) {
        group.renewSession(heir, nowMs);
        boolean leads = roster.isLeader(heir);
        // An older client that finds itself leader would assign anew: it is told the leader is
        // another, which is true of the id.
        var answer =
                join.maySkipAssignment()
                        ? group.currentGeneration(heir, leads, leads)
                        : group.currentGeneration(heir.id(), leaderBefore, false, false);
        group.answerOnceSaved(join.caller(), answer);
    }

    private boolean changesNothing(Member old, Member heir) {
        var protocol = group.protocolName().orElse("");
        return protocol.equals(roster.selectProtocol())
                && topicsOf(old, protocol).equals(topicsOf(heir, protocol));
    }

    /// Metadata may differ after a restart and mean the same: an assignor's notes on what it owned.
    private Optional<Set<String>> topicsOf(Member member, String protocol) {
        return group.protocolType().equals(Optional.of(Subscriptions.CONSUMER))
                ? Subscriptions.of(member.metadata(protocol))
                : Optional.empty();
    }

    private void refuse(Join join, Errors error) {
        group.answer(join.caller(), Joined.refused(error, join.memberId()));
    }

    /// A client that joins with the id it was just given says so as its reason, which tells nobody
    /// anything.
    private static String cause(Member member, String what, String reason) {
        return reason.isEmpty() || reason.endsWith(member.id())
                ? member.described() + " " + what
                : member.described() + " " + what + ": " + reason;
    }
}
