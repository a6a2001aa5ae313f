package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.group.GroupEvent.Heartbeat;
import io.moldau.broker.group.GroupEvent.Join;
import io.moldau.broker.group.GroupEvent.Leave;
import io.moldau.broker.group.GroupEvent.NotSaved;
import io.moldau.broker.group.GroupEvent.Saved;
import io.moldau.broker.group.GroupEvent.Sync;
import io.moldau.broker.group.GroupEvent.Tick;
import io.moldau.metadata.GroupImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/// One group under the classic protocol: the members rebalance by joining a generation, and one of
/// them, the leader, assigns.
///
/// Pure: an event and the time go in, effects come out, to be carried out in their order. It starts
/// no thread, reads no clock and waits for nothing; a call that has to wait is kept as its [Caller]
/// and answered by a later step.
///
/// Time is in milliseconds that never go back and started at the wall's time, so that a saved time
/// stamp means the same to the process that comes after.
public final class ClassicGroup {
    private final GroupState state;
    private final JoinRules joins;
    private final LeaveRules leaves;

    private ClassicGroup(GroupState state) {
        this.state = state;
        this.joins = new JoinRules(state);
        this.leaves = new LeaveRules(state);
    }

    /// A group that nobody knows yet.
    public static ClassicGroup empty(String groupId, GroupSettings settings, long nowMs) {
        return new ClassicGroup(new GroupState(groupId, settings, nowMs));
    }

    /// A group as it was saved last: its members go on without a rebalance.
    public static ClassicGroup restored(GroupImage saved, GroupSettings settings, long nowMs) {
        return new ClassicGroup(GroupState.restored(saved, settings, nowMs));
    }

    /// Takes one step. The caller carries out the effects in their order.
    public List<GroupEffect> step(GroupEvent event, long nowMs) {
        switch (event) {
            case Join join -> joins.onJoin(join, nowMs);
            case Sync sync -> onSync(sync, nowMs);
            case Heartbeat beat -> state.answer(beat.caller(), new Alive(onHeartbeat(beat, nowMs)));
            case Leave leave -> leaves.onLeave(leave, nowMs);
            case Tick() -> onTick(nowMs);
            case GroupEvent.Resign() -> state.toDead();
            case Saved(var saveId) -> onSaved(saveId, nowMs);
            case NotSaved(var saveId, var error) -> onNotSaved(saveId, error, nowMs);
        }
        return state.takeEffects();
    }

    /// When [Tick] is due at the latest; [Long#MAX_VALUE] when nothing is.
    public long wakeAtMs() {
        return state.wakeAtMs();
    }

    private void onTick(long nowMs) {
        state.forgetWake();
        leaves.expire(nowMs);
    }

    // ---- sync ----

    private void onSync(Sync sync, long nowMs) {
        var error = refusal(sync);
        if (error != Errors.NONE) {
            state.answer(sync.caller(), Synced.refused(error));
            return;
        }
        var member = state.roster().get(sync.memberId());
        switch (state.phase()) {
            case Phase.Empty() ->
                    state.answer(sync.caller(), Synced.refused(Errors.UNKNOWN_MEMBER_ID));
            case Phase.Gathering _, Phase.Preparing _ ->
                    state.answer(sync.caller(), Synced.refused(Errors.REBALANCE_IN_PROGRESS));
            case Phase.Completing completing -> {
                state.parkSync(member, sync.caller());
                synced(member);
                if (state.roster().isLeader(member) && !completing.saving()) {
                    onAssignment(sync.assignments(), nowMs);
                }
            }
            case Phase.Stable() -> {
                synced(member);
                state.renewSession(member, nowMs);
                state.answer(sync.caller(), state.assignmentOf(member));
            }
            case Phase.Dead() ->
                    state.answer(sync.caller(), Synced.refused(Errors.COORDINATOR_NOT_AVAILABLE));
        }
    }

    private Errors refusal(Sync sync) {
        if (state.phase() instanceof Phase.Dead) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        var error = state.roster().check(sync.memberId(), sync.instanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (sync.generation() != state.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        return contradicts(sync.protocolType(), state.protocolType())
                        || contradicts(sync.protocolName(), state.protocolName())
                ? Errors.INCONSISTENT_GROUP_PROTOCOL
                : Errors.NONE;
    }

    /// A member that names its protocol must mean the group's (KIP-559).
    private static boolean contradicts(Optional<String> said, Optional<String> known) {
        return said.isPresent() && known.isPresent() && !said.equals(known);
    }

    private void synced(Member member) {
        member.owesSync(false);
        if (state.roster().members().stream().noneMatch(Member::owesSync)) {
            state.syncDeadlineMs(GroupState.NEVER);
        }
    }

    /// The leader has assigned. Nobody hears of it before it is durable: a coordinator that starts
    /// again must not know less than the members.
    private void onAssignment(Map<String, ByteString> assignments, long nowMs) {
        long bytes = 0;
        for (var member : state.roster().members()) {
            member.assignment(assignments.getOrDefault(member.id(), ByteString.EMPTY));
            bytes += member.assignment().size();
            bytes += member.metadata(state.protocolName().orElse("")).size();
        }
        if (bytes > GroupSettings.GROUP_BYTES_MAX) {
            assignmentFailed(Errors.UNKNOWN_SERVER_ERROR, "the assignment is too large", nowMs);
        } else {
            state.phase(new Phase.Completing(state.save()));
        }
    }

    private void assignmentFailed(Errors error, String cause, long nowMs) {
        state.clearAssignments(error);
        state.prepareRebalance(List.of(cause), nowMs);
    }

    private void onSaved(long saveId, long nowMs) {
        var waiting = state.takeUntilSaved(saveId);
        if (waiting != null) {
            state.answer(waiting.caller(), waiting.answer());
        } else if (isSaving(saveId)) {
            state.toStable(nowMs);
        }
    }

    private void onNotSaved(long saveId, Errors error, long nowMs) {
        var waiting = state.takeUntilSaved(saveId);
        if (waiting != null) {
            state.answer(waiting.caller(), GroupAnswer.Joined.refused(error, ""));
        } else if (isSaving(saveId)) {
            assignmentFailed(error, "the assignment could not be saved", nowMs);
        }
    }

    private boolean isSaving(long saveId) {
        return state.phase() instanceof Phase.Completing(var saving) && saving == saveId;
    }

    // ---- heartbeats and commits ----

    private Errors onHeartbeat(Heartbeat beat, long nowMs) {
        if (state.phase() instanceof Phase.Dead) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        var error = state.roster().check(beat.memberId(), beat.instanceId());
        if (error == Errors.NONE && beat.generation() != state.generation()) {
            error = Errors.ILLEGAL_GENERATION;
        }
        if (error != Errors.NONE) {
            return error;
        }
        state.renewSession(state.roster().get(beat.memberId()), nowMs);
        return switch (state.phase()) {
            case Phase.Gathering _, Phase.Preparing _ -> Errors.REBALANCE_IN_PROGRESS;
            case Phase.Empty(), Phase.Stable(), Phase.Dead() -> Errors.NONE;
            case Phase.Completing _ -> Errors.NONE; // It heartbeats while it assigns, or waits to.
        };
    }

    /// Decides whether offsets may be committed in that name, and takes it as a sign of life.
    ///
    /// @param memberId empty for a client that assigns partitions to itself
    /// @param generation -1 for the same
    public Errors admitCommit(
            String memberId, Optional<String> instanceId, int generation, long nowMs) {
        if (state.phase() instanceof Phase.Dead) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        if (generation < 0 && state.phase() instanceof Phase.Empty) {
            return Errors.NONE;
        }
        if (generation < 0 && memberId.isEmpty() && instanceId.isEmpty()) {
            return Errors.UNKNOWN_MEMBER_ID; // The group is in use by members that coordinate.
        }
        var error = state.roster().check(memberId, instanceId);
        if (error != Errors.NONE) {
            return error;
        }
        if (generation != state.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        if (state.phase() instanceof Phase.Completing) {
            return Errors.REBALANCE_IN_PROGRESS;
        }
        state.renewSession(state.roster().get(memberId), nowMs);
        return Errors.NONE;
    }

    // ---- deleting ----

    /// Marks the group deleted, which only an empty one can be.
    public Errors delete() {
        return switch (state.phase()) {
            case Phase.Dead() -> Errors.GROUP_ID_NOT_FOUND;
            case Phase.Empty() -> {
                state.toDead();
                yield Errors.NONE;
            }
            case Phase.Gathering _, Phase.Preparing _ -> Errors.NON_EMPTY_GROUP;
            case Phase.Completing _ -> Errors.NON_EMPTY_GROUP;
            case Phase.Stable() -> Errors.NON_EMPTY_GROUP;
        };
    }

    /// Whether an operator may delete offsets at all; [#reads(String)] decides by topic.
    public Errors admitOffsetDelete() {
        return switch (state.phase()) {
            case Phase.Dead() -> Errors.GROUP_ID_NOT_FOUND;
            case Phase.Empty() -> Errors.NONE;
            case Phase.Gathering _, Phase.Preparing _ -> onlyForConsumers();
            case Phase.Completing _ -> onlyForConsumers();
            case Phase.Stable() -> onlyForConsumers();
        };
    }

    /// What other kinds of members read is not known here.
    private Errors onlyForConsumers() {
        return isConsumer() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    private boolean isConsumer() {
        return state.protocolType().equals(Optional.of(Subscriptions.CONSUMER));
    }

    /// True if the members read that topic, or if they may: consumers whose subscription cannot be
    /// understood, or is not known yet.
    public boolean reads(String topic) {
        return state.roster().size() > 0
                && state.subscribedTopics()
                        .map(topics -> topics.contains(topic))
                        .orElse(isConsumer());
    }

    // ---- views ----

    /// Nobody is a member or about to become one.
    public boolean isIdle() {
        return state.phase() instanceof Phase.Empty && state.roster().pending().isEmpty();
    }

    public boolean isEmpty() {
        return state.phase() instanceof Phase.Empty;
    }

    public boolean isDead() {
        return state.phase() instanceof Phase.Dead;
    }

    public boolean isStable() {
        return state.phase() instanceof Phase.Stable;
    }

    /// As Kafka's tools show it, such as `PreparingRebalance`.
    public String stateName() {
        return state.phase().shownAs();
    }

    /// When the group came to its present state.
    public long stateSinceMs() {
        return state.stateSinceMs();
    }

    public String groupId() {
        return state.groupId();
    }

    public int generation() {
        return state.generation();
    }

    /// Empty for a group that only ever had offsets.
    public Optional<String> protocolType() {
        return state.protocolType();
    }

    public Optional<String> protocolName() {
        return state.protocolName();
    }

    public Optional<String> leaderId() {
        return state.roster().leaderId();
    }

    /// What the members read together; empty when it is not known.
    public Optional<Set<String>> subscribedTopics() {
        return state.subscribedTopics();
    }

    /// The group as it is saved; while a generation is formed it is neither the last nor the next.
    GroupImage image() {
        return state.image();
    }

    /// The members; metadata and assignment are the generation's, and stand only while
    /// [#isStable()].
    public List<GroupImage.Member> members() {
        return state.image().members();
    }
}
