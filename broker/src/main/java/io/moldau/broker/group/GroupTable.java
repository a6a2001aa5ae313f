package io.moldau.broker.group;

import io.moldau.broker.shard.Shard;
import io.moldau.broker.shard.Timer;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The groups of one shard that this node coordinates: gives each its events, carries out its
/// effects and keeps its timer.
///
/// Every method but [#execute] is called by a task of its own, and those run one after the other.
/// In memory are the groups that have members, and those that something is under way for; the
/// others are in the store and come back when somebody asks for them.
final class GroupTable implements Executor {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupTable.class);

    private final Shard shard;
    private final Serial serial;
    private final Seats seats;
    private final GroupStore store;
    private final GroupSettings settings;
    private final LongSupplier nowMs;
    private final Commands commands;
    private final Map<String, GroupSlot> slots = new HashMap<>();

    GroupTable(
            Shard shard,
            Seats seats,
            GroupStore store,
            GroupSettings settings,
            LongSupplier nowMs) {
        this.shard = shard;
        this.seats = seats;
        this.serial = new Serial(shard);
        this.store = store;
        this.settings = settings;
        this.nowMs = nowMs;
        this.commands = new Commands(this, store);
    }

    /// Runs `task` here and now if nothing else runs, or else after what does.
    @Override
    public void execute(Runnable task) {
        serial.execute(task);
    }

    /// Runs `task` later, on the shard's thread: for callers that have better things to do.
    void executeLater(Runnable task) {
        shard.execute(() -> serial.execute(task));
    }

    Timer schedule(long delayMs, Runnable task) {
        return shard.schedule(delayMs, () -> serial.execute(task));
    }

    // ---- members ----

    void step(String groupId, GroupEvent event) {
        step(slot(groupId), event);
    }

    private void step(GroupSlot slot, GroupEvent event) {
        for (var effect : slot.group.step(event, nowMs.getAsLong())) {
            switch (effect) {
                case GroupEffect.Answer(var caller, var answer) ->
                        answer(slot, (Call<?>) caller, answer);
                case GroupEffect.Save save -> save(slot, save);
                case GroupEffect.Rebalanced rebalanced -> log(slot.group, rebalanced);
            }
        }
        settle(slot);
    }

    /// A node that has been succeeded, and has not heard of it, does not know who has joined since:
    /// before anybody is sent away it makes sure that it is the coordinator.
    private void answer(GroupSlot slot, Call<?> caller, GroupAnswer answer) {
        if (!answer.sendsAway()) {
            caller.complete(answer);
            return;
        }
        Commands.watch(
                slot,
                seats.stillHolds(slot.groupId(), slot.coordinatorEpoch)
                        .thenAccept(isHere -> {
                            if (isHere) {
                                caller.complete(answer);
                            } else {
                                caller.fail(Seats.elsewhere(slot.groupId()));
                            }
                        }));
    }

    private void save(GroupSlot slot, GroupEffect.Save save) {
        Commands.watch(
                slot,
                commands.change(slot, new SaveGroup(save.group(), slot.coordinatorEpoch))
                        .thenAccept(outcome -> step(slot, verdict(save.saveId(), outcome))));
    }

    private static GroupEvent verdict(long saveId, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Refused(var error, _) -> new GroupEvent.NotSaved(saveId, error);
            case Outcome.Accepted _ -> new GroupEvent.Saved(saveId);
        };
    }

    private static void log(ClassicGroup group, GroupEffect.Rebalanced rebalanced) {
        var why = String.join("; ", rebalanced.causes());
        LOGGER.atInfo()
                .addKeyValue("group", group.groupId())
                .addKeyValue("generation", rebalanced.generation())
                .addKeyValue("members", rebalanced.memberCount())
                .addKeyValue("protocol", rebalanced.protocolName())
                .addKeyValue("leader", rebalanced.leaderId())
                .addKeyValue("tookMs", rebalanced.tookMs())
                .addKeyValue(
                        "why",
                        rebalanced.moreCauses() == 0
                                ? why
                                : why + "; and " + rebalanced.moreCauses() + " more")
                .log(rebalanced.memberCount() == 0 ? "group is empty" : "group rebalanced");
    }

    // ---- offsets ----

    /// Commits in a member's name.
    ///
    /// @param groupMissing what a generation of a group that does not exist is called
    CompletableFuture<Outcome> commit(
            CommitOffsets commit,
            String memberId,
            Optional<String> instanceId,
            int generation,
            Errors groupMissing) {
        var slot = slot(commit.group());
        var error =
                generation >= 0 && !exists(slot)
                        ? groupMissing
                        : slot.group.admitCommit(
                                memberId, instanceId, generation, nowMs.getAsLong());
        if (error != Errors.NONE) {
            settle(slot);
            return refused(slot, error);
        }
        // Many commits come; none of them wakes another thread to note that it is through.
        slot.inFlight.incrementAndGet();
        return store.submit(inNameOf(slot, commit))
                .handle((outcome, failure) -> {
                    slot.inFlight.decrementAndGet();
                    return failure == null ? outcome : Commands.notReplicated(slot, failure);
                });
    }

    private static CommitOffsets inNameOf(GroupSlot slot, CommitOffsets commit) {
        return new CommitOffsets(
                commit.group(),
                commit.commitTimestampMs(),
                commit.expireTimestampMs(),
                commit.topics(),
                slot.coordinatorEpoch);
    }

    /// Forgets offsets by an operator's wish. Topics that the members read are refused.
    ///
    /// @return the error by topic, or the one that holds for the whole call under `""`
    CompletableFuture<Map<String, Errors>> deleteOffsets(
            String groupId, List<TopicPartitions> topics) {
        var slot = slot(groupId);
        var error = exists(slot) ? slot.group.admitOffsetDelete() : Errors.GROUP_ID_NOT_FOUND;
        if (error != Errors.NONE) {
            settle(slot);
            return CompletableFuture.completedFuture(Map.of("", error));
        }
        var errors = new HashMap<String, Errors>();
        var allowed = new ArrayList<TopicPartitions>();
        for (var topic : topics) {
            if (slot.group.reads(topic.topic())) {
                errors.put(topic.topic(), Errors.GROUP_SUBSCRIBED_TO_TOPIC);
            } else {
                errors.put(topic.topic(), Errors.NONE);
                allowed.add(topic);
            }
        }
        if (allowed.isEmpty()) {
            settle(slot);
            return CompletableFuture.completedFuture(errors);
        }
        return commands.delete(slot, new DeleteOffsets(groupId, allowed, slot.coordinatorEpoch))
                .thenApply(outcome ->
                        outcome instanceof Outcome.Refused(var refusal, _)
                                ? Map.of("", refusal)
                                : errors);
    }

    /// Forgets what has expired, and the group with it when nothing is left.
    void expireOffsets(String groupId, long wallMs) {
        if (!seats.isHere(groupId)) {
            return;
        }
        var slot = slot(groupId);
        if (!slot.storeIsLevel()) {
            // A commit that is under way may renew what looks expired. And before members go from
            // the store, what they committed does not.
            return;
        }
        var committed = store.offsets().all(groupId);
        var expired =
                OffsetExpiry.expired(slot.group, committed, settings.offsetsRetentionMs(), wallMs);
        int count = expired.stream().mapToInt(topic -> topic.partitions().size()).sum();
        if (count == committed.size() && slot.group.isIdle() && exists(slot)) {
            Commands.watch(slot, delete(slot));
            LOGGER.atInfo()
                    .addKeyValue("group", groupId)
                    .addKeyValue("offsets", count)
                    .log("group expired");
        } else if (count > 0) {
            Commands.watch(
                    slot,
                    commands.delete(
                            slot, new DeleteOffsets(groupId, expired, slot.coordinatorEpoch)));
            LOGGER.atInfo()
                    .addKeyValue("group", groupId)
                    .addKeyValue("offsets", count)
                    .log("offsets expired");
        }
        settle(slot);
    }

    // ---- operators ----

    CompletableFuture<Errors> delete(String groupId) {
        var slot = slot(groupId);
        if (!exists(slot)) {
            settle(slot);
            return CompletableFuture.completedFuture(Errors.GROUP_ID_NOT_FOUND);
        }
        return delete(slot);
    }

    private CompletableFuture<Errors> delete(GroupSlot slot) {
        var error = slot.group.delete();
        if (error != Errors.NONE) {
            settle(slot);
            return CompletableFuture.completedFuture(error);
        }
        return commands.change(slot, new DeleteGroup(slot.groupId(), slot.coordinatorEpoch))
                .thenApply(outcome ->
                        outcome instanceof Outcome.Refused(var refusal, _) ? refusal : Errors.NONE);
    }

    Optional<GroupView> describe(String groupId) {
        var slot = slot(groupId);
        var view =
                exists(slot) ? Optional.of(GroupView.of(slot.group)) : Optional.<GroupView>empty();
        settle(slot);
        return view;
    }

    /// The groups that the store does not know as well.
    List<GroupView> loaded() {
        return slots.values().stream()
                .filter(slot -> slot.inFlight.get() > 0 || !slot.group.isIdle())
                .map(slot -> GroupView.of(slot.group))
                .toList();
    }

    /// The groups in memory, those included that only the last commit left there.
    Set<String> loadedIds() {
        return Set.copyOf(slots.keySet());
    }

    /// Lets go of groups that others coordinate by now, and brings those to life that have members
    /// and have come here, so that their sessions can expire. Their members go on in the same
    /// generation, with sessions that begin anew.
    ///
    /// @param withMembers groups of this table
    void follow(List<String> withMembers) {
        List.copyOf(slots.values()).forEach(this::resignIfElsewhere);
        for (var groupId : withMembers) {
            if (seats.isHere(groupId)) {
                settle(slot(groupId));
            }
        }
    }

    /// False for one that was let go of.
    boolean holds(GroupSlot slot) {
        return slot.equals(slots.get(slot.groupId()));
    }

    private void resignIfElsewhere(GroupSlot slot) {
        if (slot.coordinatorEpoch != seats.epochOf(slot.groupId())) {
            resign(slot);
        }
    }

    /// Sends everybody who waits away.
    void resign() {
        List.copyOf(slots.values()).forEach(this::resign);
    }

    private void resign(GroupSlot slot) {
        slots.remove(slot.groupId(), slot);
        step(slot, new GroupEvent.Resign());
    }

    // ---- slots ----

    /// The group as this node coordinates it now.
    ///
    /// @throws NotCoordinatorException another node does
    private GroupSlot slot(String groupId) {
        var known = slots.get(groupId);
        if (known != null) {
            resignIfElsewhere(known);
        }
        int epoch = seats.epochOf(groupId);
        if (epoch == Seats.NOT_HERE) {
            throw Seats.elsewhere(groupId);
        }
        return slots.computeIfAbsent(groupId, id -> new GroupSlot(saved(id), epoch));
    }

    private ClassicGroup saved(String groupId) {
        var saved = store.image().group(groupId);
        return saved == null
                ? ClassicGroup.empty(groupId, settings, nowMs.getAsLong())
                : ClassicGroup.restored(saved, settings, nowMs.getAsLong());
    }

    /// Somebody is or was a member, or offsets are committed.
    private boolean exists(GroupSlot slot) {
        var groupId = slot.groupId();
        return slot.group.generation() > 0
                || !slot.group.isIdle()
                || slot.inFlight.get() > 0
                || store.image().group(groupId) != null
                || !store.offsets().all(groupId).isEmpty();
    }

    /// A commit that is not even sent.
    private CompletableFuture<Outcome> refused(GroupSlot slot, Errors error) {
        return GroupAnswer.sendsAway(error)
                ? seats.stillHolds(slot.groupId(), slot.coordinatorEpoch)
                        .thenApply(isHere -> refusal(isHere ? error : Errors.NOT_COORDINATOR))
                : CompletableFuture.completedFuture(refusal(error));
    }

    private static Outcome refusal(Errors error) {
        return new Outcome.Refused(error, error.message());
    }

    /// After every step: lets go of a group that the store knows as well, and otherwise sees to it
    /// that it is woken in time.
    void settle(GroupSlot slot) {
        boolean over = slot.group.isDead();
        if (over || (slot.storeIsLevel() && slot.group.isIdle())) {
            slot.cancelTimer();
            if (slot.storeIsLevel()) {
                slots.remove(slot.groupId(), slot);
            }
        } else if (slot.group.wakeAtMs() < slot.timerAtMs) {
            slot.cancelTimer();
            slot.timerAtMs = slot.group.wakeAtMs();
            long delayMs = Math.max(0, slot.timerAtMs - nowMs.getAsLong());
            slot.timer = schedule(delayMs, () -> onTimer(slot));
        }
    }

    private void onTimer(GroupSlot slot) {
        slot.timer = null;
        slot.timerAtMs = Long.MAX_VALUE;
        step(slot, new GroupEvent.Tick());
    }
}
