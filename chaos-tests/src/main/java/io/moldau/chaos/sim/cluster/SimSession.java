package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.quorum.controller.ControllerEffect.Reason;
import io.moldau.quorum.controller.ControllerEvent;

/// One life's session with the controller, as the node sees it: opened, kept by beats, opened again
/// when it ends.
final class SimSession {
    private static final long NONE = -1;

    private final SimNode node;
    private final long life;
    private final SimCluster cluster;
    private final Luck luck;
    private final long beatMs;
    private long session = NONE;
    private int term;
    private Channel toController;
    private Channel toNode;

    SimSession(SimNode node, SimCluster cluster, Luck luck) {
        this.node = node;
        this.life = node.life();
        this.cluster = cluster;
        this.luck = luck;
        beatMs = Math.max(20, cluster.controller().sessionTimeoutMs() / 6);
    }

    /// Beats for as long as the process runs.
    void start() {
        node.deliver(life, this::beat);
        if (node.lives(life)) {
            cluster.timeline().in(beatMs + luck.below(5), this::start);
        }
    }

    private void beat() {
        if (node.nodeEpoch() < 0) {
            return; // Not registered yet.
        }
        if (session == NONE) {
            open();
        }
        if (session != NONE) {
            send(
                    new ControllerEvent.Beat(
                            session,
                            node.appliedIndex(),
                            node.appliedIndex(),
                            node.isShuttingDown()));
        }
    }

    private void open() {
        var host = cluster.controller().host();
        if (host == null || node.isIsolated() || cluster.network().isCut(node, host)) {
            return;
        }
        session = cluster.controller().newSession(this);
        term = cluster.controller().terms();
        toController = new Channel(cluster, node, host, true);
        toNode = new Channel(cluster, host, node, true);
        send(
                new ControllerEvent.SessionOpened(
                        session, node.id(), node.incarnation(), node.nodeEpoch()));
    }

    private void send(ControllerEvent event) {
        int to = term;
        toController.send(() -> cluster.controller().onEvent(to, event));
    }

    /// The kernel says goodbye for a process that is gone.
    void onProcessGone() {
        if (session != NONE) {
            send(new ControllerEvent.SessionBroken(session));
        }
    }

    /// The node learns in its own time that there is another controller.
    void onControllerGone() {
        long ended = session;
        cluster.timeline().in(luck.below(200), () -> node.deliver(life, () -> end(ended)));
    }

    private void end(long ended) {
        if (session == ended) {
            session = NONE;
        }
    }

    void onClosed(long ended, Reason reason) {
        toNode.send(() -> {
            end(ended);
            if (reason == Reason.UNKNOWN_NODE) {
                node.registerAgain(life);
            }
        });
    }

    void onProgress(int waiting) {
        if (waiting == 0) {
            toNode.send(node::mayStop);
        }
    }
}
