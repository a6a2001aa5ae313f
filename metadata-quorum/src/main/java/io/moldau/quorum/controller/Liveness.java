package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Leaderships;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.controller.ControllerEffect.CloseSession;
import io.moldau.quorum.controller.ControllerEffect.Probe;
import io.moldau.quorum.controller.ControllerEffect.Reason;
import io.moldau.quorum.controller.ControllerEffect.ShutdownProgress;
import io.moldau.quorum.controller.ControllerEvent.Answer;
import io.moldau.quorum.controller.ControllerEvent.Beat;
import io.moldau.quorum.controller.ControllerEvent.SessionOpened;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who lives. A node that may lead has either a session or a deadline; when that passes it is
/// fenced.
///
/// A deadline is made as soon as a session is missed, and shortened by what dialling the node
/// tells. It stands until the image shows the node fenced, or a session is there: so a command that
/// got lost is sent again.
final class Liveness {
    private static final long REDIAL_MS = 25;

    /// One node's session.
    private static final class Guest {
        private final SessionOpened opened;
        private long heardMs;
        private long appliedIndex = -1;
        private long visibleIndex = -1;
        private boolean wantsShutdown;

        /// What the node must have applied to count as caught up; -1 until the image knows it.
        private long targetIndex = -1;

        private Guest(SessionOpened opened, long nowMs) {
            this.opened = opened;
            this.heardMs = nowMs;
        }

        private int nodeId() {
            return opened.nodeId();
        }

        private boolean caughtUp() {
            return targetIndex >= 0 && appliedIndex >= targetIndex;
        }
    }

    /// @param nodeEpoch the life that is to end; a later one has nothing to do with it
    private record Deadline(long nodeEpoch, long atMs) {}

    /// @param broken a session broke, rather than that none has come yet
    private record Dialled(int nodeId, long nodeEpoch, boolean broken) {}

    /// Subject of commands about a node.
    private record AboutNode(int nodeId) {}

    private final int self;
    private final ControllerSettings settings;
    private final Requests requests;
    private final Map<Long, Guest> bySession = new HashMap<>();
    private final Map<Integer, Guest> byNode = new TreeMap<>();
    private final Map<Integer, Deadline> deadlines = new TreeMap<>();
    private final Map<Long, Dialled> dialled = new HashMap<>();
    private ClusterImage image = ClusterImage.empty();
    private long lastTickMs = Long.MIN_VALUE;

    Liveness(int self, ControllerSettings settings, Requests requests) {
        this.self = self;
        this.settings = settings;
        this.requests = requests;
    }

    /// Nodes that were alive under the former controller may have died with it: all are dialled.
    void elected(ClusterImage first, long nowMs, List<ControllerEffect> effects) {
        image = first;
        missNodes(nowMs);
        for (var missing : deadlines.entrySet()) {
            dial(new Dialled(missing.getKey(), missing.getValue().nodeEpoch(), false), 0, effects);
        }
    }

    void imageChanged(ClusterImage newer, long nowMs, List<ControllerEffect> effects) {
        image = newer;
        judgeAll(effects);
        missNodes(nowMs);
    }

    void opened(SessionOpened opened, long nowMs, List<ControllerEffect> effects) {
        var node = image.node(opened.nodeId());
        if (node != null && isPast(opened, node)) {
            effects.add(new CloseSession(opened.session(), Reason.UNKNOWN_NODE));
            return;
        }
        var present = byNode.get(opened.nodeId());
        if (present != null && present.opened.nodeEpoch() > opened.nodeEpoch()) {
            effects.add(new CloseSession(opened.session(), Reason.REPLACED));
            return;
        }
        if (present != null) {
            close(present, Reason.REPLACED, effects);
        }
        var guest = new Guest(opened, nowMs);
        bySession.put(opened.session(), guest);
        byNode.put(opened.nodeId(), guest);
        judge(guest, effects);
    }

    private static boolean isPast(SessionOpened opened, NodeImage node) {
        return node.nodeEpoch() > opened.nodeEpoch()
                || (node.nodeEpoch() == opened.nodeEpoch()
                        && !node.incarnation().equals(opened.incarnation()));
    }

    private void close(Guest guest, Reason reason, List<ControllerEffect> effects) {
        effects.add(new CloseSession(guest.opened.session(), reason));
        forget(guest);
    }

    private void forget(Guest guest) {
        bySession.remove(guest.opened.session());
        byNode.remove(guest.nodeId(), guest);
    }

    void broken(long session, long nowMs, List<ControllerEffect> effects) {
        var guest = bySession.get(session);
        if (guest == null) {
            return; // Replaced or closed before.
        }
        forget(guest);
        var node = unfencedLifeOf(guest);
        if (node == null) {
            return;
        }
        long silentAtMs = guest.heardMs + settings.sessionTimeoutMs();
        deadlines.put(node.id(), new Deadline(node.nodeEpoch(), silentAtMs));
        if (node.shuttingDown()) {
            fence(node, nowMs, effects); // As it had announced.
        } else {
            dial(new Dialled(node.id(), node.nodeEpoch(), true), 0, effects);
        }
    }

    /// The node as the image knows it, if that is the session's life of it, and may be fenced.
    private @Nullable NodeImage unfencedLifeOf(Guest guest) {
        var node = image.node(guest.nodeId());
        boolean fits =
                node != null
                        && node.id() != self
                        && !node.fenced()
                        && node.nodeEpoch() == guest.opened.nodeEpoch();
        return fits ? node : null;
    }

    private void dial(Dialled subject, long afterMs, List<ControllerEffect> effects) {
        var node = image.node(subject.nodeId());
        if (node != null && node.clusterAddress() != null) {
            long id = requests.begin(subject);
            dialled.put(id, subject);
            effects.add(new Probe(id, subject.nodeId(), node.clusterAddress(), afterMs));
        }
    }

    void probed(long id, Answer answer, long nowMs, List<ControllerEffect> effects) {
        requests.ended(id);
        var asked = dialled.remove(id);
        var deadline = asked == null ? null : deadlines.get(asked.nodeId());
        if (deadline == null || deadline.nodeEpoch() != asked.nodeEpoch()) {
            return; // It has come back, or is fenced already.
        }
        long atMs =
                switch (answer) {
                    case REFUSED -> nowMs;
                    case ANSWERED ->
                            asked.broken()
                                    ? Math.min(deadline.atMs(), nowMs + settings.breakGraceMs())
                                    : deadline.atMs();
                    case SILENT -> deadline.atMs();
                };
        deadlines.put(asked.nodeId(), new Deadline(deadline.nodeEpoch(), atMs));
        meetDeadlines(nowMs, effects);
        // A process that is killed listens, or leaves whoever dials waiting, for as long as the
        // system needs to clear it away.
        boolean mayBeDying = asked.broken() || answer == Answer.SILENT;
        if (answer != Answer.REFUSED && mayBeDying && nowMs + REDIAL_MS < atMs) {
            dial(asked, REDIAL_MS, effects);
        }
    }

    void beat(Beat beat, long nowMs, List<ControllerEffect> effects) {
        var guest = bySession.get(beat.session());
        if (guest == null) {
            return;
        }
        guest.heardMs = nowMs;
        guest.appliedIndex = beat.appliedIndex();
        guest.visibleIndex = beat.visibleIndex();
        guest.wantsShutdown |= beat.wantsShutdown();
        judge(guest, effects);
    }

    void decided(long id, @Nullable Outcome outcome, List<ControllerEffect> effects) {
        requests.ended(id);
        if (outcome != null) {
            judgeAll(effects); // One command about a node waits for the one before.
        }
    }

    void tick(long nowMs, List<ControllerEffect> effects) {
        forgiveOwnPause(nowMs);
        for (var guest : List.copyOf(byNode.values())) {
            if (guest.nodeId() != self && nowMs - guest.heardMs > settings.sessionTimeoutMs()) {
                close(guest, Reason.SILENT, effects);
                var node = unfencedLifeOf(guest);
                if (node != null) {
                    deadlines.put(node.id(), new Deadline(node.nodeEpoch(), nowMs));
                }
            }
        }
        judgeAll(effects);
        missNodes(nowMs);
        meetDeadlines(nowMs, effects);
    }

    /// Whoever has slept has heard nothing, and it is not the others' fault.
    private void forgiveOwnPause(long nowMs) {
        long pauseMs = lastTickMs == Long.MIN_VALUE ? 0 : nowMs - lastTickMs;
        lastTickMs = nowMs;
        if (pauseMs > settings.sessionTimeoutMs() / 2) {
            byNode.values().forEach(guest -> guest.heardMs += pauseMs);
            deadlines.replaceAll(
                    (_, deadline) -> new Deadline(deadline.nodeEpoch(), deadline.atMs() + pauseMs));
        }
    }

    private void judgeAll(List<ControllerEffect> effects) {
        for (var guest : new ArrayList<>(byNode.values())) {
            judge(guest, effects);
        }
    }

    /// Asks for what a node's session and its place in the image call for together.
    private void judge(Guest guest, List<ControllerEffect> effects) {
        var node = image.node(guest.nodeId());
        if (node == null || node.nodeEpoch() < guest.opened.nodeEpoch()) {
            // It had registered before it came, so that whoever is not behind it must know it.
            if (guest.appliedIndex >= 0 && image.appliedIndex() >= guest.appliedIndex) {
                close(guest, Reason.UNKNOWN_NODE, effects);
            }
            return;
        }
        if (isPast(guest.opened, node)) {
            close(guest, Reason.REPLACED, effects);
            return;
        }
        deadlines.remove(node.id());
        if (guest.targetIndex < 0) {
            guest.targetIndex = image.appliedIndex();
        }
        if (guest.wantsShutdown) {
            stop(guest, node, effects);
        } else if (node.fenced() && guest.caughtUp()) {
            submit(node, new UnfenceNode(node.id(), node.nodeEpoch()), effects);
        }
    }

    private void stop(Guest guest, NodeImage node, List<ControllerEffect> effects) {
        if (node.eligible()) {
            submit(node, new BeginShutdown(node.id(), node.nodeEpoch()), effects);
        } else {
            int waiting = node.fenced() ? 0 : Leaderships.waiting(node.id(), image);
            effects.add(new ShutdownProgress(guest.opened.session(), waiting));
        }
    }

    private void submit(NodeImage node, MetadataCommand command, List<ControllerEffect> effects) {
        requests.submit(new AboutNode(node.id()), command, effects);
    }

    /// Gives a deadline to every node that may lead and has no session.
    private void missNodes(long nowMs) {
        for (var node : image.nodes().values()) {
            var known = deadlines.get(node.id());
            boolean missed = known != null && known.nodeEpoch() == node.nodeEpoch();
            if (!node.fenced() && node.id() != self && !missed && !lives(node.id())) {
                long atMs = nowMs + settings.sessionTimeoutMs();
                deadlines.put(node.id(), new Deadline(node.nodeEpoch(), atMs));
            }
        }
        deadlines.entrySet().removeIf(entry -> isMet(entry.getKey(), entry.getValue()));
    }

    private boolean isMet(int nodeId, Deadline deadline) {
        var node = image.node(nodeId);
        return node == null || node.fenced() || node.nodeEpoch() != deadline.nodeEpoch();
    }

    private void meetDeadlines(long nowMs, List<ControllerEffect> effects) {
        deadlines.forEach((nodeId, deadline) -> {
            if (deadline.atMs() <= nowMs && !isMet(nodeId, deadline)) {
                submit(image.nodes().get(nodeId), fenceOf(nodeId, deadline), effects);
            }
        });
    }

    private static FenceNode fenceOf(int nodeId, Deadline deadline) {
        return new FenceNode(nodeId, deadline.nodeEpoch());
    }

    private void fence(NodeImage node, long nowMs, List<ControllerEffect> effects) {
        deadlines.put(node.id(), new Deadline(node.nodeEpoch(), nowMs));
        meetDeadlines(nowMs, effects);
    }

    boolean lives(int nodeId) {
        var guest = byNode.get(nodeId);
        var node = image.node(nodeId);
        return guest != null && node != null && node.nodeEpoch() == guest.opened.nodeEpoch();
    }

    long visibleIndex() {
        long visible = Long.MAX_VALUE;
        for (var guest : byNode.values()) {
            var node = image.node(guest.nodeId());
            if (node != null && !node.fenced() && lives(node.id())) {
                visible = Math.min(visible, guest.visibleIndex);
            }
        }
        return visible;
    }
}
