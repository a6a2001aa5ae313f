package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.JoinedMember;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.metadata.GroupImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A group and the moves that it can make: call everybody back, form a generation, settle.
///
/// What members may ask for is in [JoinRules], [LeaveRules] and [ClassicGroup]; this class keeps
/// roster, phase and parked calls consistent with one another.
final class GroupState {
    static final long NEVER = Long.MAX_VALUE;

    /// Causes named one by one in the story of a rebalance.
    private static final int CAUSES_TOLD = 8;

    /// Clients have a say in a cause, so its length is theirs too, up to here.
    private static final int CAUSE_CHARS = 400;

    private final String groupId;
    private final GroupSettings settings;
    private final Roster roster = new Roster();
    private List<GroupEffect> effects = new ArrayList<>();

    /// Answers that wait for a save: a static member learns its new id when it is durable.
    private final Map<Long, GroupEffect.Answer> untilSaved = new HashMap<>();

    private Phase phase = new Phase.Empty();
    private int generation;
    private Optional<String> protocolType = Optional.empty();
    private Optional<String> protocolName = Optional.empty();

    /// What the generation's members read, when they are consumers that say so.
    private Optional<Set<String>> subscribedTopics = Optional.empty();

    private long stateSinceMs;
    private long syncDeadlineMs = NEVER;
    private long lastSaveId;
    private long wakeAtMs = NEVER;
    private final List<String> causes = new ArrayList<>();
    private int moreCauses;

    GroupState(String groupId, GroupSettings settings, long nowMs) {
        this.groupId = groupId;
        this.settings = settings;
        this.stateSinceMs = nowMs;
    }

    /// A group as it was saved last. Its members go on where they were; their sessions begin anew.
    static GroupState restored(GroupImage saved, GroupSettings settings, long nowMs) {
        var state = new GroupState(saved.groupId(), settings, saved.stateTimestampMs());
        state.generation = saved.generation();
        state.protocolType = Optional.of(saved.protocolType()).filter(type -> !type.isEmpty());
        state.protocolName = Optional.ofNullable(saved.protocolName());
        for (var image : saved.members()) {
            var member = new Member(image, state.protocolName.orElse(""));
            state.roster.add(member);
            state.renewSession(member, nowMs);
        }
        if (!saved.members().isEmpty()) {
            state.roster.appoint(saved.leaderId());
            state.phase = new Phase.Stable();
            state.noteSubscriptions();
        }
        return state;
    }

    GroupImage image() {
        var protocol = protocolName.orElse("");
        return new GroupImage(
                groupId,
                generation,
                protocolType.orElse(""),
                protocolName.orElse(null),
                roster.leaderId().orElse(null),
                stateSinceMs,
                roster.members().stream().map(member -> member.saved(protocol)).toList());
    }

    // ---- moves ----

    /// Calls everybody back for a new generation.
    void prepareRebalance(List<String> why, long nowMs) {
        why.forEach(this::noteCause);
        if (phase instanceof Phase.Completing) {
            clearAssignments(Errors.REBALANCE_IN_PROGRESS);
        }
        syncDeadlineMs = NEVER;
        roster.members().forEach(member -> member.owesSync(false));
        stateSinceMs = nowMs;
        if (phase instanceof Phase.Empty) {
            gather(nowMs);
        } else {
            long deadlineMs = nowMs + roster.maxRebalanceTimeoutMs();
            phase = new Phase.Preparing(nowMs, deadlineMs);
            wakeBy(deadlineMs);
            completeJoinIfAllAreBack(nowMs);
        }
    }

    private void gather(long nowMs) {
        long delayMs = settings.initialRebalanceDelayMs();
        long remainingMs = Math.max(roster.maxRebalanceTimeoutMs() - delayMs, 0);
        phase = new Phase.Gathering(nowMs, nowMs + delayMs, remainingMs, false);
        wakeBy(nowMs + delayMs);
        if (delayMs <= 0) {
            completeJoin(nowMs);
        }
    }

    /// Forms the generation as soon as nobody is missing. While an empty group gathers, everybody
    /// who is missing is not known yet.
    void completeJoinIfAllAreBack(long nowMs) {
        if (phase instanceof Phase.Preparing && roster.allRejoined()) {
            completeJoin(nowMs);
        }
    }

    /// The join phase is over, because all are back or because time is up.
    void completeJoin(long nowMs) {
        for (var member : roster.listed()) {
            if (!member.hasRejoined() && !member.isStatic()) {
                roster.remove(member);
                noteCause(
                        "%s did not rejoin within %d ms"
                                .formatted(member.described(), member.rebalanceTimeoutMs()));
            }
        }
        if (roster.size() == 0) {
            toEmpty(nowMs);
        } else if (roster.electRejoinedLeader()) {
            toCompleting(nowMs);
        } else {
            // Static members alone, and none of them is back: their sessions decide, not this.
            long deadlineMs = nowMs + Math.max(1, roster.maxRebalanceTimeoutMs());
            phase = new Phase.Preparing(phaseSinceMs(nowMs), deadlineMs);
            wakeBy(deadlineMs);
        }
    }

    private void toEmpty(long nowMs) {
        long tookMs = nowMs - phaseSinceMs(nowMs);
        generation++;
        protocolName = Optional.empty();
        subscribedTopics = Optional.empty();
        phase = new Phase.Empty();
        stateSinceMs = nowMs;
        tell(tookMs);
        save();
    }

    private void toCompleting(long nowMs) {
        long tookMs = nowMs - phaseSinceMs(nowMs);
        generation++;
        protocolName = Optional.of(roster.selectProtocol());
        noteSubscriptions();
        phase = new Phase.Completing(Phase.Completing.NOT_SAVING);
        stateSinceMs = nowMs;
        syncDeadlineMs = nowMs + Math.max(1, roster.maxRebalanceTimeoutMs());
        wakeBy(syncDeadlineMs);
        tell(tookMs);
        for (var member : roster.members()) {
            if (member.hasRejoined()) {
                member.joinedGeneration();
                answerJoin(member, currentGeneration(member, roster.isLeader(member), false));
                renewSession(member, nowMs);
            }
        }
    }

    /// The assignment is durable: everybody may have theirs.
    void toStable(long nowMs) {
        phase = new Phase.Stable();
        stateSinceMs = nowMs;
        for (var member : roster.members()) {
            answerSync(member, assignmentOf(member), nowMs);
        }
    }

    /// Takes back what the leader assigned, or would have.
    void clearAssignments(Errors error) {
        for (var member : roster.members()) {
            member.assignment(ByteString.EMPTY);
            answerSync(member, Synced.refused(error));
        }
    }

    /// The group is no longer here; calls that wait are sent to look it up again.
    void toDead() {
        phase = new Phase.Dead();
        for (var member : roster.members()) {
            answerJoin(member, Joined.refused(Errors.NOT_COORDINATOR, member.id()));
            answerSync(member, Synced.refused(Errors.NOT_COORDINATOR));
        }
        for (var waiting : untilSaved.values()) {
            answer(waiting.caller(), Joined.refused(Errors.NOT_COORDINATOR, ""));
        }
        untilSaved.clear();
    }

    // ---- members ----

    void addAndRebalance(Member member, Caller caller, String why, long nowMs) {
        roster.add(member);
        parkJoin(member, caller, nowMs);
        if (phase instanceof Phase.Gathering gathering && generation == 0) {
            phase = gathering.joined();
        }
        rebalanceOrGoOn(List.of(why), nowMs);
    }

    /// Puts `heir` in the place of a static member; whoever still acts as the old one is fenced.
    void fence(Member old, Member heir) {
        answerJoin(old, Joined.refused(Errors.FENCED_INSTANCE_ID, old.id()));
        answerSync(old, Synced.refused(Errors.FENCED_INSTANCE_ID));
        heir.inherit(old);
        roster.replace(old, heir);
    }

    /// Takes a member out; whoever waits in its name hears `error`.
    void remove(Member member, Errors error) {
        // Answered first: whose call waits counts as back, and is to be counted off once only.
        answerJoin(member, Joined.refused(error, member.id()));
        answerSync(member, Synced.refused(error));
        roster.remove(member);
    }

    /// After members came, changed or went: starts a rebalance, or goes on with the one under way.
    void rebalanceOrGoOn(List<String> why, long nowMs) {
        switch (phase) {
            case Phase.Empty(), Phase.Stable() -> prepareRebalance(why, nowMs);
            case Phase.Completing _ -> prepareRebalance(why, nowMs);
            case Phase.Gathering _, Phase.Preparing _ -> {
                why.forEach(this::noteCause);
                completeJoinIfAllAreBack(nowMs);
            }
            case Phase.Dead() -> {}
        }
    }

    void parkJoin(Member member, Caller caller, long nowMs) {
        var before = roster.parkJoin(member, caller);
        if (before != null) {
            answer(before, Joined.refused(Errors.REBALANCE_IN_PROGRESS, member.id()));
        }
        renewSession(member, nowMs);
    }

    void parkSync(Member member, Caller caller) {
        var before = member.replaceParkedSync(caller);
        if (before != null) {
            answer(before, Synced.refused(Errors.REBALANCE_IN_PROGRESS));
        }
    }

    void renewSession(Member member, long nowMs) {
        member.seen(nowMs);
        wakeBy(member.deadlineMs());
    }

    // ---- answers ----

    Joined currentGeneration(Member member, boolean withMembers, boolean skipAssignment) {
        return currentGeneration(
                member.id(), roster.leaderId().orElse(""), withMembers, skipAssignment);
    }

    Joined currentGeneration(
            String memberId, String leaderId, boolean withMembers, boolean skipAssignment) {
        return new Joined(
                Errors.NONE,
                memberId,
                generation,
                protocolType,
                protocolName,
                leaderId,
                skipAssignment,
                withMembers ? everybody() : List.of());
    }

    private List<JoinedMember> everybody() {
        var protocol = protocolName.orElse("");
        return roster.members().stream()
                .map(m -> new JoinedMember(m.id(), m.instanceId(), m.metadata(protocol)))
                .toList();
    }

    Synced assignmentOf(Member member) {
        return new Synced(Errors.NONE, protocolType, protocolName, member.assignment());
    }

    private void answerJoin(Member member, Joined joined) {
        var caller = roster.unparkJoin(member);
        if (caller != null) {
            answer(caller, joined);
        }
    }

    private void answerSync(Member member, Synced synced, long nowMs) {
        if (answerSync(member, synced)) {
            renewSession(member, nowMs);
        }
    }

    private boolean answerSync(Member member, Synced synced) {
        var caller = member.replaceParkedSync(null);
        if (caller != null) {
            answer(caller, synced);
        }
        return caller != null;
    }

    void answer(Caller caller, GroupAnswer answer) {
        effects.add(new GroupEffect.Answer(caller, answer));
    }

    /// Asks for the present state to be made durable.
    long save() {
        long saveId = ++lastSaveId;
        effects.add(new GroupEffect.Save(saveId, image()));
        return saveId;
    }

    void answerOnceSaved(Caller caller, Joined joined) {
        untilSaved.put(save(), new GroupEffect.Answer(caller, joined));
    }

    /// @return the answer that waited for that save, or `null`
    GroupEffect.@Nullable Answer takeUntilSaved(long saveId) {
        return untilSaved.remove(saveId);
    }

    List<GroupEffect> takeEffects() {
        var taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    // ---- the story of a rebalance ----

    private void noteCause(String cause) {
        if (causes.size() < CAUSES_TOLD) {
            causes.add(cause.length() <= CAUSE_CHARS ? cause : cause.substring(0, CAUSE_CHARS));
        } else {
            moreCauses++;
        }
    }

    private void tell(long tookMs) {
        effects.add(
                new GroupEffect.Rebalanced(
                        generation,
                        roster.size(),
                        protocolName.orElse(""),
                        roster.leaderId().orElse(""),
                        tookMs,
                        List.copyOf(causes),
                        moreCauses));
        causes.clear();
        moreCauses = 0;
    }

    // ---- time ----

    /// Remembers that something is due by then. A deadline that moves away leaves an early wake-up
    /// behind, which costs one look at the members and no more.
    void wakeBy(long deadlineMs) {
        wakeAtMs = Math.min(wakeAtMs, deadlineMs);
    }

    void forgetWake() {
        wakeAtMs = NEVER;
    }

    long wakeAtMs() {
        return wakeAtMs;
    }

    private long phaseSinceMs(long nowMs) {
        return switch (phase) {
            case Phase.Gathering gathering -> gathering.sinceMs();
            case Phase.Preparing preparing -> preparing.sinceMs();
            case Phase.Empty(), Phase.Stable(), Phase.Dead() -> nowMs;
            case Phase.Completing _ -> nowMs;
        };
    }

    // ---- plain facts ----

    private void noteSubscriptions() {
        subscribedTopics = Subscriptions.ofAll(protocolType, protocolName, roster);
    }

    Optional<Set<String>> subscribedTopics() {
        return subscribedTopics;
    }

    void protocolType(String type) {
        protocolType = Optional.of(type);
    }

    void phase(Phase next) {
        phase = next;
    }

    void syncDeadlineMs(long deadlineMs) {
        syncDeadlineMs = deadlineMs;
    }

    long syncDeadlineMs() {
        return syncDeadlineMs;
    }

    long stateSinceMs() {
        return stateSinceMs;
    }

    String groupId() {
        return groupId;
    }

    GroupSettings settings() {
        return settings;
    }

    Roster roster() {
        return roster;
    }

    Phase phase() {
        return phase;
    }

    int generation() {
        return generation;
    }

    Optional<String> protocolType() {
        return protocolType;
    }

    Optional<String> protocolName() {
        return protocolName;
    }
}
