package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The metadata quorum as its users may meet it at worst: one order of commands, decided as in
/// production, but commands and answers get lost, and a command may come again.
public final class SimMetadata {
    private static final long TIMEOUT_MS = 400;

    private final SimCluster cluster;
    private final Luck luck;
    private final Mix mix;
    private final List<ClusterImage> images = new ArrayList<>();
    private final List<MetadataCommand> commands = new ArrayList<>();

    /// By index: the last one at or before it that replicas have to know of.
    private final List<Integer> replicaChanges = new ArrayList<>();

    private DecisionListener listener = (_, _, _) -> {};
    private boolean healed;

    /// Hears of every command once it is decided.
    public interface DecisionListener {
        /// @param before the image that it was decided on
        void onDecided(MetadataCommand command, Outcome outcome, ClusterImage before);
    }

    SimMetadata(SimCluster cluster, Mix mix, ClusterImage first) {
        this.cluster = cluster;
        this.mix = mix;
        luck = new Luck(mix.seed(), 3);
        images.add(first.at(0));
        replicaChanges.add(0);
    }

    public void listen(DecisionListener decisionListener) {
        listener = decisionListener;
    }

    public ClusterImage newest() {
        return images.getLast();
    }

    public int newestIndex() {
        return images.size() - 1;
    }

    public ClusterImage image(int index) {
        return images.get(index);
    }

    /// What was decided at `index`, from 1 on.
    public MetadataCommand command(int index) {
        return commands.get(index - 1);
    }

    /// Whether anything that replicas have to know of was decided behind `before`, up to `index`.
    boolean concernsReplicas(int before, int index) {
        return replicaChanges.get(index) > before;
    }

    public void heal() {
        healed = true;
    }

    /// How much longer a command takes whose way to the quorum breaks: it is sent again.
    long detourMs() {
        return strikes(Fault.COMMAND_LOSS, 0.1) ? luck.between(20, 900) : 0;
    }

    boolean losesAnswer() {
        return strikes(Fault.COMMAND_LOSS, 0.05);
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
    public void submit(SimNode sender, MetadataCommand command, Consumer<Outcome> reply) {
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
    public void submit(MetadataCommand command) {
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

    public Outcome decide(MetadataCommand command) {
        var before = newest();
        var decision = MetadataMachine.decide(command, before);
        cluster.timeline()
                .note(
                        1,
                        images.size(),
                        command.getClass().getSimpleName().hashCode(),
                        0,
                        () -> "decided %s: %s".formatted(command, decision.outcome()));
        boolean isOfGroups = decision.outcome() instanceof Outcome.Accepted && isOfGroups(command);
        if (isOfGroups || decision.image().differsFrom(before)) {
            commands.add(command);
            images.add(decision.image().at(images.size()));
            replicaChanges.add(isOfGroups ? replicaChanges.getLast() : newestIndex());
            if (!isOfGroups) {
                cluster.oracle().onImage(newest(), command);
            }
            spread(newestIndex());
        }
        listener.onDecided(command, decision.outcome(), before);
        return decision.outcome();
    }

    private static boolean isOfGroups(MetadataCommand command) {
        return command instanceof CommitOffsets
                || command instanceof SaveGroup
                || command instanceof DeleteOffsets
                || command instanceof DeleteGroup;
    }

    private void spread(int index) {
        for (var node : cluster.nodes()) {
            long life = node.life();
            cluster.timeline().in(lagMs(node), () -> learn(node, life, index));
        }
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
