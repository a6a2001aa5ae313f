package io.moldau.chaos.sim.group;

import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.world.Luck;

/// Somebody who is no member and asks again and again what a group has committed, as an operator's
/// tool does: of whom any node takes for the coordinator, and be it the one before.
final class Onlooker {
    private final SimGroup group;
    private final SimCluster cluster;
    private final Luck luck;

    Onlooker(SimGroup group, Luck luck) {
        this.group = group;
        this.cluster = group.cluster();
        this.luck = luck;
    }

    /// Looks now and then, and does not wait for an answer.
    void look() {
        cluster.timeline()
                .in(
                        luck.between(20, 200),
                        () -> {
                            ask();
                            look();
                        });
    }

    private void ask() {
        var asked = cluster.node(1 + luck.below(cluster.mix().nodes()));
        var seat = CoordinatorSeat.of(group.name(), asked.image()).orElseThrow();
        if (!asked.isAlive() || seat.node() < 1 || !cluster.node(seat.node()).isAlive()) {
            return;
        }
        var node = cluster.node(seat.node());
        var known = group.judge().known(group.name());
        new Line(cluster, node)
                .request(() ->
                        group.coordinator(node)
                                .fetchOffsets(
                                        group.name(),
                                        offsets -> {
                                            if (offsets != null) {
                                                group.read(offsets, known);
                                            }
                                        }));
    }
}
