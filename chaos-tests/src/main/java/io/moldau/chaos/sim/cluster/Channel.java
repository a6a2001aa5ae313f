package io.moldau.chaos.sim.cluster;

import java.util.ArrayDeque;

/// One direction of a stream: messages arrive late, but in their order.
final class Channel {
    private record Message(long atMs, Runnable arrival) {}

    private final SimCluster cluster;
    private final SimNode source;
    private final SimNode target;
    private final long targetLife;
    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private final boolean inQuorum;
    private boolean scheduled;

    /// @param inQuorum whether it goes between members of the quorum as such
    Channel(SimCluster cluster, SimNode source, SimNode target, boolean inQuorum) {
        this.inQuorum = inQuorum;
        this.cluster = cluster;
        this.source = source;
        this.target = target;
        this.targetLife = target.life();
    }

    void send(Runnable arrival) {
        long atMs = cluster.timeline().nowMs() + cluster.network().delayMs();
        messages.add(new Message(atMs, arrival));
        schedule();
    }

    private void schedule() {
        if (!scheduled && !messages.isEmpty()) {
            scheduled = true;
            cluster.timeline().in(messages.peek().atMs() - cluster.timeline().nowMs(), this::pump);
        }
    }

    private boolean isCut() {
        return cluster.network().isCut(source, target)
                || (inQuorum && source != target && (source.isIsolated() || target.isIsolated()));
    }

    private void pump() {
        scheduled = false;
        if (!target.lives(targetLife)) {
            messages.clear();
            return;
        }
        long waitMs = isCut() ? 20 : target.pausedForMs();
        if (waitMs > 0) {
            scheduled = true;
            cluster.timeline().in(waitMs, this::pump);
            return;
        }
        while (!messages.isEmpty() && messages.peek().atMs() <= cluster.timeline().nowMs()) {
            messages.poll().arrival().run();
        }
        schedule();
    }
}
