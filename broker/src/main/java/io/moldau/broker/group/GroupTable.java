package io.moldau.broker.group;

import static io.moldau.metadata.MetadataCommand.ANY_COORDINATOR;

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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The groups of one shard: gives each its events, carries out its effects and keeps its timer.
///
/// Every method but [#execute] is called by a task of its own, and those run one after the other.
/// In memory are the groups that have members, and those that something is under way for; the
/// others are in the store and come back when somebody asks for them.
final class GroupTable implements Executor {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupTable.class);

    private final Shard shard;
    private final Serial serial;
    private final GroupStore store;
    private final GroupSettings settings;
    private final LongSupplier nowMs;
    private final Map<String, Slot> slots = new HashMap<>();

    /// A group in memory.
    private static final class Slot {
        final ClassicGroup group;

        /// Commands of this group that are submitted and not applied: until then the store does not
        /// know what the group knows. Lowered by the store's thread.
        final AtomicInteger inFlight = new AtomicInteger();

        @Nullable Timer timer;
        long timerAtMs = Long.MAX_VALUE;

        Slot(ClassicGroup group) {
            this.group = group;
        }
    }

    GroupTable(Shard shard, GroupStore store, GroupSettings settings, LongSupplier nowMs) {
        this.shard = shard;
        this.serial = new Serial(shard);
        this.store = store;
        this.settings = settings;
        this.nowMs = nowMs;
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

    private void step(Slot slot, GroupEvent event) {
        for (var effect : slot.group.step(event, nowMs.getAsLong())) {
            switch (effect) {
                case GroupEffect.Answer(var caller, var answer) ->
                        ((Call<?>) caller).complete(answer);
                case GroupEffect.Save save -> save(slot, save);
                case GroupEffect.Rebalanced rebalanced -> log(slot.group, rebalanced);
            }
        }
        settle(slot);
    }

    private void save(Slot slot, GroupEffect.Save save) {
        watch(
                slot,
                submitted(slot, store.submit(new SaveGroup(save.group(), ANY_COORDINATOR)))
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
        if (generation >= 0 && !exists(slot)) {
            settle(slot);
            return refused(groupMissing);
        }
        var error = slot.group.admitCommit(memberId, instanceId, generation, nowMs.getAsLong());
        if (error != Errors.NONE) {
            settle(slot);
            return refused(error);
        }
        // Many commits come; none of them wakes another thread to note that it is through.
        slot.inFlight.incrementAndGet();
        return store.submit(commit)
                .handle((outcome, failure) -> {
                    slot.inFlight.decrementAndGet();
                    return failure == null ? outcome : notReplicated(slot, failure);
                });
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
        return submitted(slot, store.submit(new DeleteOffsets(groupId, allowed, ANY_COORDINATOR)))
                .thenApply(outcome ->
                        outcome instanceof Outcome.Refused(var refusal, _)
                                ? Map.of("", refusal)
                                : errors);
    }

    /// Forgets what has expired, and the group with it when nothing is left.
    void expireOffsets(String groupId, long wallMs) {
        var slot = slot(groupId);
        if (slot.inFlight.get() > 0) {
            return; // A commit that is under way may renew what looks expired.
        }
        var committed = store.offsets().all(groupId);
        var expired =
                OffsetExpiry.expired(slot.group, committed, settings.offsetsRetentionMs(), wallMs);
        int count = expired.stream().mapToInt(topic -> topic.partitions().size()).sum();
        if (count == committed.size() && slot.group.isIdle() && exists(slot)) {
            watch(slot, delete(slot));
            LOGGER.atInfo()
                    .addKeyValue("group", groupId)
                    .addKeyValue("offsets", count)
                    .log("group expired");
        } else if (count > 0) {
            watch(
                    slot,
                    submitted(
                            slot,
                            store.submit(new DeleteOffsets(groupId, expired, ANY_COORDINATOR))));
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

    private CompletableFuture<Errors> delete(Slot slot) {
        var error = slot.group.delete();
        if (error != Errors.NONE) {
            settle(slot);
            return CompletableFuture.completedFuture(error);
        }
        return submitted(slot, store.submit(new DeleteGroup(slot.group.groupId(), ANY_COORDINATOR)))
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

    /// Brings a group with members to life, so that their sessions can expire.
    void load(String groupId) {
        settle(slot(groupId));
    }

    /// Sends everybody who waits away.
    void resign() {
        List.copyOf(slots.values()).forEach(slot -> step(slot, new GroupEvent.Resign()));
        slots.values().forEach(slot -> cancelTimer(slot));
        slots.clear();
    }

    // ---- slots ----

    private Slot slot(String groupId) {
        return slots.computeIfAbsent(
                groupId,
                id -> {
                    var saved = store.image().group(id);
                    return new Slot(
                            saved == null
                                    ? ClassicGroup.empty(id, settings, nowMs.getAsLong())
                                    : ClassicGroup.restored(saved, settings, nowMs.getAsLong()));
                });
    }

    /// Somebody is or was a member, or offsets are committed.
    private boolean exists(Slot slot) {
        var groupId = slot.group.groupId();
        return slot.group.generation() > 0
                || !slot.group.isIdle()
                || slot.inFlight.get() > 0
                || store.image().group(groupId) != null
                || !store.offsets().all(groupId).isEmpty();
    }

    /// Notes a command that is under way.
    ///
    /// @return its outcome, in a task of this table; a failure to replicate is a refusal
    private CompletableFuture<Outcome> submitted(Slot slot, CompletionStage<Outcome> submission) {
        slot.inFlight.incrementAndGet();
        return submission
                .exceptionally(failure -> {
                    LOGGER.atWarn()
                            .addKeyValue("group", slot.group.groupId())
                            .setCause(failure)
                            .log("group command failed");
                    return new Outcome.Refused(
                            Errors.COORDINATOR_NOT_AVAILABLE,
                            "The command could not be replicated.");
                })
                .thenApplyAsync(
                        outcome -> {
                            slot.inFlight.decrementAndGet();
                            settle(slot);
                            return outcome;
                        },
                        this::executeLater)
                .toCompletableFuture();
    }

    /// Nobody waits for `done`, so what goes wrong in it is told here.
    private static void watch(Slot slot, CompletableFuture<?> done) {
        var _ =
                done.exceptionally(failure -> {
                    LOGGER.atError()
                            .addKeyValue("group", slot.group.groupId())
                            .setCause(failure)
                            .log("group step failed");
                    return null;
                });
    }

    private static Outcome notReplicated(Slot slot, Throwable failure) {
        LOGGER.atWarn()
                .addKeyValue("group", slot.group.groupId())
                .setCause(failure)
                .log("group command failed");
        return new Outcome.Refused(
                Errors.COORDINATOR_NOT_AVAILABLE, "The command could not be replicated.");
    }

    private static CompletableFuture<Outcome> refused(Errors error) {
        return CompletableFuture.completedFuture(new Outcome.Refused(error, error.message()));
    }

    /// After every step: lets go of a group that the store knows as well, and otherwise sees to it
    /// that it is woken in time.
    private void settle(Slot slot) {
        if (slot.inFlight.get() == 0 && (slot.group.isIdle() || slot.group.isDead())) {
            cancelTimer(slot);
            slots.remove(slot.group.groupId(), slot);
        } else if (slot.group.wakeAtMs() < slot.timerAtMs) {
            cancelTimer(slot);
            slot.timerAtMs = slot.group.wakeAtMs();
            long delayMs = Math.max(0, slot.timerAtMs - nowMs.getAsLong());
            slot.timer = schedule(delayMs, () -> onTimer(slot));
        }
    }

    private void onTimer(Slot slot) {
        slot.timer = null;
        slot.timerAtMs = Long.MAX_VALUE;
        step(slot, new GroupEvent.Tick());
    }

    private static void cancelTimer(Slot slot) {
        if (slot.timer != null) {
            slot.timer.cancel();
            slot.timer = null;
        }
        slot.timerAtMs = Long.MAX_VALUE;
    }
}
