package io.moldau.chaos.sim.group;

import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.world.Fault;

/// A client's connection to a node: requests arrive in their order, and so do answers. What is
/// under way when it ends is lost; the other side need not know.
final class Line {
    private final SimCluster cluster;
    private final SimNode node;
    private final long life;
    private boolean open = true;
    private long requestMs;
    private long answerMs;

    Line(SimCluster cluster, SimNode node) {
        this.cluster = cluster;
        this.node = node;
        this.life = node.life();
    }

    SimNode node() {
        return node;
    }

    boolean isOpen() {
        return open && node.lives(life);
    }

    void close() {
        open = false;
    }

    void request(Runnable arrival) {
        if (cluster.network().strikes(Fault.DROP, 0.02)) {
            close();
            return;
        }
        long nowMs = cluster.timeline().nowMs();
        requestMs = Math.max(requestMs, nowMs + cluster.network().delayMs());
        cluster.timeline().in(requestMs - nowMs, () -> node.deliver(life, () -> ifOpen(arrival)));
    }

    void answer(Runnable arrival) {
        if (cluster.network().strikes(Fault.DROP, 0.02)) {
            close();
            return;
        }
        long nowMs = cluster.timeline().nowMs();
        answerMs = Math.max(answerMs, nowMs + cluster.network().delayMs());
        cluster.timeline().in(answerMs - nowMs, () -> ifOpen(arrival));
    }

    private void ifOpen(Runnable arrival) {
        if (open) {
            arrival.run();
        }
    }
}
