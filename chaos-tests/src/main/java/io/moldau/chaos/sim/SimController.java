package io.moldau.chaos.sim;

import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;

/// Watches the nodes and says who is there, sometimes late.
final class SimController {
    private final SimCluster cluster;
    private final Luck luck;
    private final long[] heardMs;
    private final long sessionTimeoutMs;

    SimController(SimCluster cluster) {
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 5);
        heardMs = new long[cluster.mix().nodes() + 1];
        sessionTimeoutMs = luck.between(100, 800);
    }

    void start() {
        tick();
    }

    private void tick() {
        cluster.nodes().forEach(this::watch);
        cluster.timeline().in(luck.between(10, 50), this::tick);
    }

    private void watch(SimNode node) {
        long nowMs = cluster.timeline().nowMs();
        var known = cluster.metadata().newest().node(node.id());
        // The process that is registered, and not the next one of the same node.
        boolean lives = node.isAlive() && known.incarnation().equals(node.incarnation());
        boolean heard = lives && node.pausedForMs() == 0 && !node.isIsolated();
        if (heard) {
            heardMs[node.id()] = nowMs;
        }
        boolean silent = nowMs - heardMs[node.id()] > sessionTimeoutMs;
        boolean seenDead = !lives && luck.chance(0.3);
        if (!known.fenced() && (silent || seenDead)) {
            cluster.metadata().submit(new FenceNode(node.id(), known.nodeEpoch()));
        } else if (known.fenced() && heard && node.isCaughtUp() && !node.isShuttingDown()) {
            cluster.metadata().submit(new UnfenceNode(node.id(), node.nodeEpoch()));
        } else if (heard && node.isShuttingDown() && !known.fenced()) {
            cluster.metadata().submit(new BeginShutdown(node.id(), node.nodeEpoch()));
        }
    }
}
