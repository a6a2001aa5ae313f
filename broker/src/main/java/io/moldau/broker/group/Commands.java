package io.moldau.broker.group;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of one table's commands to the store, those included that nobody knows the fate of.
///
/// What was given up may be decided later, or never. So a group that was changed stays in memory,
/// which nothing can be newer than, and is sent again until the store has it; nobody goes back to
/// what the store says before.
final class Commands {
    private static final Logger LOGGER = LoggerFactory.getLogger(Commands.class);

    /// Before a change that was given up is sent again.
    private static final long AGAIN_MS = 500;

    private final GroupTable table;
    private final GroupStore store;

    Commands(GroupTable table, GroupStore store) {
        this.table = table;
        this.store = store;
    }

    /// @return the outcome, in a task of the table; a failure to replicate is a refusal
    CompletableFuture<Outcome> delete(GroupSlot slot, DeleteOffsets command) {
        return submit(slot, command, _ -> {});
    }

    /// Likewise for a save or the deletion of the group itself.
    CompletableFuture<Outcome> change(GroupSlot slot, MetadataCommand command) {
        long change = slot.sending();
        return submit(
                slot,
                command,
                isDecided -> {
                    if (isDecided) {
                        slot.decided(change);
                    } else {
                        var _ = table.schedule(AGAIN_MS, () -> changeAgain(slot, change));
                    }
                });
    }

    /// While a generation is formed nothing is to be done: once it is, it is saved.
    private void changeAgain(GroupSlot slot, long change) {
        if (!table.holds(slot) || !slot.isLast(change)) {
            return;
        }
        if (slot.group.isDead()) {
            watch(slot, change(slot, new DeleteGroup(slot.groupId(), slot.coordinatorEpoch)));
        } else if (slot.group.isEmpty() || slot.group.isStable()) {
            watch(slot, change(slot, new SaveGroup(slot.group.image(), slot.coordinatorEpoch)));
        }
    }

    /// @param onEnd is told whether it was decided
    private CompletableFuture<Outcome> submit(
            GroupSlot slot, MetadataCommand command, Consumer<Boolean> onEnd) {
        slot.inFlight.incrementAndGet();
        return store.submit(command)
                .handleAsync(
                        (outcome, failure) -> {
                            slot.inFlight.decrementAndGet();
                            onEnd.accept(failure == null);
                            table.settle(slot);
                            return failure == null ? outcome : notReplicated(slot, failure);
                        },
                        table::executeLater);
    }

    static Outcome notReplicated(GroupSlot slot, Throwable failure) {
        LOGGER.atWarn()
                .addKeyValue("group", slot.groupId())
                .setCause(failure)
                .log("group command failed");
        return new Outcome.Refused(
                Errors.COORDINATOR_NOT_AVAILABLE, "The command could not be replicated.");
    }

    /// Nobody waits for `done`, so what goes wrong in it is told here.
    static void watch(GroupSlot slot, CompletableFuture<?> done) {
        var _ =
                done.exceptionally(failure -> {
                    LOGGER.atError()
                            .addKeyValue("group", slot.groupId())
                            .setCause(failure)
                            .log("group step failed");
                    return null;
                });
    }
}
