package io.moldau.chaos.sim;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The metadata quorum as its users may meet it at worst: one order of commands, decided as in
/// production, but commands and answers get lost, and a command may come again.
final class SimMetadata {
    private static final long TIMEOUT_MS = 400;

    private final SimCluster cluster;
    private final Luck luck;
    private final Mix mix;
    private final List<ClusterImage> images = new ArrayList<>();
    private boolean healed;

    SimMetadata(SimCluster cluster, Mix mix, ClusterImage first) {
        this.cluster = cluster;
        this.mix = mix;
        luck = new Luck(mix.seed(), 3);
        images.add(first.at(0));
    }

    ClusterImage newest() {
        return images.getLast();
    }

    int newestIndex() {
        return images.size() - 1;
    }

    ClusterImage image(int index) {
        return images.get(index);
    }

    void heal() {
        healed = true;
    }

    private boolean strikes(Fault fault, double probability) {
        boolean strikes = !healed && mix.has(fault) && luck.chance(probability);
        if (strikes) {
            cluster.onStruck(fault);
        }
        return strikes;
    }

    /// @param sender waits for the answer until it has applied the command itself
    /// @param reply gets `null` when nobody knows what became of the command
    void submit(SimNode sender, MetadataCommand command, Consumer<Outcome> reply) {
        long life = sender.life();
        if (strikes(Fault.COMMAND_LOSS, 0.15) || sender.isIsolated()) {
            cluster.timeline().in(TIMEOUT_MS, () -> sender.deliver(life, () -> reply.accept(null)));
            return;
        }
        cluster.timeline()
                .in(
                        luck.below(3),
                        () -> {
                            var outcome = decide(command);
                            int index = newestIndex();
                            answer(sender, life, index, outcome, reply);
                        });
        if (strikes(Fault.COMMAND_AGAIN, 0.25)) {
            cluster.timeline().in(luck.between(1, 1500), () -> decide(command));
        }
    }

    /// From the controller, which is no node here: it always hears and is always heard.
    void submit(MetadataCommand command) {
        cluster.timeline().in(luck.below(3), () -> decide(command));
    }

    /// One after the other and nothing in between; none if not all would be accepted.
    void decideNow(List<MetadataCommand> commands) {
        var image = newest();
        for (var command : commands) {
            var decision = MetadataMachine.decide(command, image);
            if (!(decision.outcome() instanceof Outcome.Accepted)) {
                return;
            }
            image = decision.image();
        }
        commands.forEach(this::decide);
    }

    private void answer(
            SimNode sender, long life, int index, Outcome outcome, Consumer<Outcome> reply) {
        if (strikes(Fault.COMMAND_LOSS, 0.15)) {
            cluster.timeline().in(TIMEOUT_MS, () -> sender.deliver(life, () -> reply.accept(null)));
            return;
        }
        cluster.timeline()
                .in(
                        luck.below(3),
                        () ->
                                sender.deliver(
                                        life,
                                        () -> {
                                            sender.apply(index);
                                            reply.accept(outcome);
                                        }));
    }

    private Outcome decide(MetadataCommand command) {
        var before = newest();
        var decision = MetadataMachine.decide(command, before);
        cluster.timeline()
                .note(
                        1,
                        images.size(),
                        command.getClass().getSimpleName().hashCode(),
                        0,
                        () -> "decided %s: %s".formatted(command, decision.outcome()));
        if (decision.image().differsFrom(before)) {
            images.add(decision.image().at(images.size()));
            cluster.oracle().onImage(newest(), command);
            for (var node : cluster.nodes()) {
                int index = newestIndex();
                long life = node.life();
                cluster.timeline().in(lagMs(node), () -> learn(node, life, index));
            }
        }
        return decision.outcome();
    }

    private long lagMs(SimNode node) {
        boolean late = strikes(Fault.LAG, node.lateness());
        return late ? luck.between(5, 900) : luck.below(5);
    }

    private void learn(SimNode node, long life, int index) {
        if (node.isIsolated()) {
            cluster.timeline().in(25, () -> learn(node, life, index));
            return;
        }
        node.deliver(life, () -> node.apply(index));
    }
}
