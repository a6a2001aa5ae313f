package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.controller.ControllerCore;
import io.moldau.quorum.controller.ControllerEffect;
import io.moldau.quorum.controller.ControllerEvent;
import io.moldau.quorum.controller.ControllerEvent.Answer;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import io.moldau.quorum.controller.ControllerSettings;
import java.util.HashMap;
import java.util.Map;

/// Where the quorum's leader is, and production's controller there. A quorum without its leader
/// elects another one after a while; a deposed controller's commands are not taken.
public final class SimController {
    private static final long PROBE_TIMEOUT_MS = 250;

    private final SimCluster cluster;
    private final Luck luck;
    private final ControllerSettings settings;
    private final long electionTimeoutMs;
    private final Map<Long, SimSession> sessions = new HashMap<>();
    private ControllerCore core;
    private SimNode host;
    private long hostLife;
    private long hostWellMs;
    private long lastSession;
    private int terms;

    SimController(SimCluster cluster) {
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 5);
        settings =
                new ControllerSettings(
                        luck.between(100, 800),
                        luck.between(30, 200),
                        Long.MAX_VALUE / 2,
                        luck.chance(0.5),
                        luck.between(300, 2000),
                        1,
                        1);
        electionTimeoutMs = luck.between(50, 300);
    }

    public void start() {
        elect(cluster.node(1));
        tick();
    }

    long sessionTimeoutMs() {
        return settings.sessionTimeoutMs();
    }

    /// The node whose controller it is; null while there is none.
    SimNode host() {
        return host;
    }

    /// Grows with every new controller.
    int terms() {
        return terms;
    }

    long newSession(SimSession session) {
        sessions.put(++lastSession, session);
        return lastSession;
    }

    private void tick() {
        long nowMs = cluster.timeline().nowMs();
        if (isWell(host)) {
            hostWellMs = nowMs;
            step(new ControllerEvent.Tick());
        } else if (nowMs - hostWellMs > electionTimeoutMs) {
            replace();
        }
        cluster.timeline().in(luck.between(20, 50), this::tick);
    }

    private boolean isWell(SimNode node) {
        return node != null
                && node.isAlive()
                && node.pausedForMs() == 0
                && !node.isIsolated()
                && (core == null || node != host || node.lives(hostLife));
    }

    /// The quorum elects someone else, if there is one.
    public void replace() {
        int first = luck.below(cluster.nodes().size());
        var former = host;
        core = null;
        host = null;
        for (int i = 0; i < cluster.nodes().size() && host == null; i++) {
            var candidate = cluster.nodes().get((first + i) % cluster.nodes().size());
            if (candidate != former && isWell(candidate) && candidate.isMember()) {
                elect(candidate);
            }
        }
    }

    private void elect(SimNode node) {
        host = node;
        hostLife = node.life();
        hostWellMs = cluster.timeline().nowMs();
        terms++;
        sessions.values().forEach(SimSession::onControllerGone);
        sessions.clear();
        core = new ControllerCore(node.id(), settings);
        cluster.timeline()
                .note(
                        12,
                        node.id(),
                        terms,
                        0,
                        () -> "node %d is the controller".formatted(node.id()));
        node.apply(cluster.metadata().newestIndex()); // It has applied all of earlier terms.
        step(new ControllerEvent.Elected(node.image(), Membership.NONE));
    }

    /// A node has applied something.
    void onApplied(SimNode node) {
        if (node == host && core != null) {
            step(new ControllerEvent.ImageChanged(node.image()));
        }
    }

    /// What comes over a session, to the controller that it was opened at.
    void onEvent(int term, ControllerEvent event) {
        if (term == terms && core != null && host.lives(hostLife)) {
            step(event);
        }
    }

    private void step(ControllerEvent event) {
        var asked = core;
        if (asked != null) {
            for (var effect : asked.step(event, host.nowMs())) {
                carryOut(asked, effect);
            }
        }
    }

    private void back(ControllerCore asked, ControllerEvent event) {
        if (asked.equals(core)) {
            step(event);
        }
    }

    private void carryOut(ControllerCore asked, ControllerEffect effect) {
        switch (effect) {
            case ControllerEffect.Submit(var id, var command) ->
                    cluster.metadata()
                            .submit(host, command, outcome -> decided(asked, id, outcome));
            case ControllerEffect.Probe(var id, var nodeId, _, var afterMs) ->
                    cluster.timeline().in(afterMs, () -> probe(asked, id, nodeId));
            case ControllerEffect.CloseSession(var session, var reason) -> {
                var closed = sessions.remove(session);
                if (closed != null) {
                    closed.onClosed(session, reason);
                }
            }
            case ControllerEffect.ShutdownProgress(var session, var waiting) -> {
                var stopping = sessions.get(session);
                if (stopping != null) {
                    stopping.onProgress(waiting);
                }
            }
            case ControllerEffect.Promote _, ControllerEffect.Remove _ -> {} // All vote here.
        }
    }

    private void decided(ControllerCore asked, long id, Outcome outcome) {
        if (outcome != null || !cluster.rules().waitsForLostAnswers()) {
            back(asked, new ControllerEvent.Decided(id, outcome));
        }
    }

    /// What is true when it is dialled may be so no longer when the answer comes.
    private void probe(ControllerCore asked, long id, int nodeId) {
        if (!asked.equals(core)) {
            return;
        }
        var node = cluster.node(nodeId);
        boolean silent =
                cluster.network().isCut(host, node)
                        || cluster.network().isCut(node, host)
                        || node.isIsolated()
                        || (node.isAlive() ? node.pausedForMs() > 0 : node.hasNoMachine());
        var answer = silent ? Answer.SILENT : node.isAlive() ? Answer.ANSWERED : Answer.REFUSED;
        long ms = silent ? PROBE_TIMEOUT_MS : cluster.network().delayMs();
        cluster.timeline().in(ms, () -> back(asked, new ControllerEvent.Probed(id, answer)));
    }
}
