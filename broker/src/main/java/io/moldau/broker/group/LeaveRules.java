package io.moldau.broker.group;

import io.moldau.broker.group.GroupAnswer.LeaverOutcome;
import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupEvent.Leave;
import io.moldau.broker.group.GroupEvent.Leaver;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// How members go: by their own wish, by an operator's, or because nothing was heard of them.
final class LeaveRules {
    private final GroupState group;
    private final Roster roster;

    LeaveRules(GroupState group) {
        this.group = group;
        this.roster = group.roster();
    }

    void onLeave(Leave leave, long nowMs) {
        var outcomes = new ArrayList<LeaverOutcome>();
        var causes = new ArrayList<String>();
        for (var leaver : leave.leavers()) {
            var error = takeOut(leaver, causes);
            outcomes.add(new LeaverOutcome(leaver.memberId(), leaver.instanceId(), error));
        }
        group.answer(leave.caller(), new Left(outcomes));
        carryOn(causes, nowMs);
    }

    private Errors takeOut(Leaver leaver, List<String> causes) {
        if (group.phase() instanceof Phase.Dead) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        if (leaver.memberId().isEmpty()) {
            // An operator names a static member by its instance alone.
            var member = roster.ofInstance(leaver.instanceId());
            return member == null ? Errors.UNKNOWN_MEMBER_ID : takeOut(member, leaver, causes);
        }
        if (roster.pending().containsKey(leaver.memberId()) && leaver.instanceId().isEmpty()) {
            roster.pending().remove(leaver.memberId());
            return Errors.NONE;
        }
        var error = roster.check(leaver.memberId(), leaver.instanceId());
        return error == Errors.NONE
                ? takeOut(roster.get(leaver.memberId()), leaver, causes)
                : error;
    }

    private Errors takeOut(Member member, Leaver leaver, List<String> causes) {
        group.remove(member, Errors.UNKNOWN_MEMBER_ID);
        causes.add(
                member.described()
                        + " left"
                        + (leaver.reason().isEmpty() ? "" : ": " + leaver.reason()));
        return Errors.NONE;
    }

    /// Everything that is due at `nowMs`.
    void expire(long nowMs) {
        expirePending(nowMs);
        expireSessions(nowMs);
        expireSyncs(nowMs);
        switch (group.phase()) {
            case Phase.Gathering gathering when gathering.deadlineMs() <= nowMs ->
                    endGathering(gathering, nowMs);
            case Phase.Preparing preparing when preparing.deadlineMs() <= nowMs ->
                    group.completeJoin(nowMs);
            case Phase.Gathering gathering -> group.wakeBy(gathering.deadlineMs());
            case Phase.Preparing preparing -> group.wakeBy(preparing.deadlineMs());
            case Phase.Empty(), Phase.Stable(), Phase.Dead() -> {}
            case Phase.Completing _ -> {}
        }
    }

    private void endGathering(Phase.Gathering gathering, long nowMs) {
        if (gathering.prolongs()) {
            var prolonged = gathering.prolonged(nowMs, group.settings().initialRebalanceDelayMs());
            group.phase(prolonged);
            group.wakeBy(prolonged.deadlineMs());
        } else {
            group.completeJoin(nowMs);
        }
    }

    private void expirePending(long nowMs) {
        if (roster.pending().values().removeIf(deadlineMs -> deadlineMs <= nowMs)) {
            group.completeJoinIfAllAreBack(nowMs);
        }
        roster.pending().values().forEach(group::wakeBy);
    }

    private void expireSessions(long nowMs) {
        var causes = new ArrayList<String>();
        for (var member : roster.listed()) {
            if (member.deadlineMs() > nowMs) {
                group.wakeBy(member.deadlineMs());
            } else if (member.waitsHere()) {
                group.renewSession(member, nowMs);
            } else {
                group.remove(member, Errors.UNKNOWN_MEMBER_ID);
                causes.add(
                        "%s was not heard of for %d ms"
                                .formatted(member.described(), member.sessionTimeoutMs()));
            }
        }
        carryOn(causes, nowMs);
    }

    /// Whoever was told of the generation and never asked for its assignment holds up those who
    /// did, since its share is read by nobody.
    private void expireSyncs(long nowMs) {
        if (group.syncDeadlineMs() > nowMs) {
            group.wakeBy(group.syncDeadlineMs());
            return;
        }
        group.syncDeadlineMs(GroupState.NEVER);
        var causes = new ArrayList<String>();
        for (var member : roster.listed()) {
            if (member.owesSync()) {
                group.remove(member, Errors.UNKNOWN_MEMBER_ID);
                causes.add(member.described() + " never asked for its assignment");
            }
        }
        carryOn(causes, nowMs);
    }

    private void carryOn(List<String> causes, long nowMs) {
        if (causes.isEmpty()) {
            group.completeJoinIfAllAreBack(nowMs);
        } else {
            group.rebalanceOrGoOn(causes, nowMs);
        }
    }
}
