package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// One life's way to the metadata as production's submitter keeps it: commands are decided in the
/// order in which they were sent, and each once, whatever gets lost between. Who has waited too
/// long is told that nobody knows; the command may still be decided, before all later ones, or
/// never if it has not left this queue.
final class CommandQueue {
    private static final long PATIENCE_MS = 400;

    /// @param command null for a reader that only wants to be up to date
    private record Entry(MetadataCommand command, Reply reply) {}

    private final SimNode sender;
    private final long life;
    private final SimMetadata metadata;
    private final SimCluster cluster;
    private final Luck luck;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private boolean scheduled;
    private boolean unsent;

    CommandQueue(SimNode sender, SimCluster cluster) {
        this.sender = sender;
        this.life = sender.life();
        this.metadata = cluster.metadata();
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 20_000 + sender.id() * 1_000L + life);
    }

    /// @param onReply is given `null` when nobody knows what became of the command
    void submit(MetadataCommand command, Consumer<Outcome> onReply) {
        var reply = new Reply(onReply);
        var entry = new Entry(command, reply);
        entries.add(entry);
        cluster.timeline().in(PATIENCE_MS, () -> sender.deliver(life, () -> giveUp(entry)));
        schedule();
    }

    private void giveUp(Entry entry) {
        boolean mayHaveLeft = entry.equals(entries.peek()) && !unsent;
        if (entries.contains(entry) && !mayHaveLeft && luck.chance(0.5)) {
            entries.remove(entry);
        }
        entry.reply().give(null);
    }

    private void schedule() {
        if (!scheduled && !entries.isEmpty()) {
            scheduled = true;
            long detourMs = metadata.detourMs();
            unsent = detourMs > 0;
            cluster.timeline().in(luck.below(3) + detourMs, this::pump);
        }
    }

    private void pump() {
        scheduled = false;
        if (!sender.lives(life) && (unsent || luck.chance(0.5))) {
            entries.clear(); // They have not left the process.
            return;
        }
        if (sender.lives(life) && sender.isIsolated()) {
            scheduled = true;
            cluster.timeline().in(25, this::pump);
            return;
        }
        var entry = entries.poll();
        if (entry == null) {
            return; // All were given up.
        }
        var outcome = entry.command() == null ? SEEN : metadata.decide(entry.command());
        int index = metadata.newestIndex();
        if (!metadata.losesAnswer()) {
            cluster.timeline()
                    .in(
                            luck.below(3),
                            () ->
                                    sender.deliver(
                                            life,
                                            () -> {
                                                sender.apply(index);
                                                entry.reply().give(outcome);
                                            }));
        }
        schedule();
    }

    private static final Outcome SEEN = new Outcome.Done();

    /// Given once.
    private static final class Reply {
        private Consumer<Outcome> waiting;

        Reply(Consumer<Outcome> waiting) {
            this.waiting = waiting;
        }

        void give(Outcome outcome) {
            var told = waiting;
            waiting = null;
            if (told != null) {
                told.accept(outcome);
            }
        }
    }
}
