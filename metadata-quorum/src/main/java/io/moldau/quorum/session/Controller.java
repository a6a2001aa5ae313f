package io.moldau.quorum.session;

import io.moldau.metadata.ClusterImage;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.Probe;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.controller.ControllerCore;
import io.moldau.quorum.controller.ControllerEffect;
import io.moldau.quorum.controller.ControllerEffect.CloseSession;
import io.moldau.quorum.controller.ControllerEffect.Promote;
import io.moldau.quorum.controller.ControllerEffect.Remove;
import io.moldau.quorum.controller.ControllerEffect.ShutdownProgress;
import io.moldau.quorum.controller.ControllerEffect.Submit;
import io.moldau.quorum.controller.ControllerEvent;
import io.moldau.quorum.controller.ControllerEvent.Member;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import io.moldau.quorum.controller.ControllerSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The controller of the cluster while this node leads the quorum, and nothing otherwise: hands
/// what happens to [ControllerCore] and carries out what that says.
///
/// All state belongs to one thread, which exists from the first time on that this node leads.
public final class Controller implements SessionHost, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Controller.class);
    private static final long PROBE_MS = 500;
    private static final int TICKS_IN_SESSION = 10;
    private static final int NOT_BEGUN = -1;

    private final MetadataQuorum quorum;
    private final int nodeId;
    private final Supplier<PeerChannels> channels;
    private final ControllerSettings settings;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("controller").daemon(true).factory());
    private final AtomicLong lastSession = new AtomicLong();
    private final AtomicBoolean imageWaits = new AtomicBoolean();

    private volatile boolean leads;
    private @Nullable ControllerCore core;
    private @Nullable ScheduledFuture<?> ticking;
    private final Map<Long, Visit> visits = new HashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private Membership membership = Membership.NONE;
    private ClusterImage seen = ClusterImage.empty();

    /// The host's end of one session.
    private final class Visit implements Handle {
        private final long number;
        private final Guest guest;
        private int waiting = NOT_BEGUN;

        private Visit(long number, Guest guest) {
            this.number = number;
            this.guest = guest;
        }

        @Override
        public void beat(Beat beat) {
            run(() -> {
                if (visits.containsKey(number)) {
                    step(
                            new ControllerEvent.Beat(
                                    number,
                                    beat.appliedIndex(),
                                    beat.visibleIndex(),
                                    beat.wantsShutdown()));
                    guest.answer(new Answer(quorum.committedIndex(), waiting));
                }
            });
        }

        @Override
        public void broken() {
            run(() -> {
                if (visits.remove(number) != null) {
                    step(new ControllerEvent.SessionBroken(number));
                }
            });
        }
    }

    private record Waiter(long index, CompletableFuture<Boolean> visible) {}

    private Controller(
            MetadataQuorum quorum,
            int nodeId,
            Supplier<PeerChannels> channels,
            ControllerSettings settings) {
        this.quorum = quorum;
        this.nodeId = nodeId;
        this.channels = channels;
        this.settings = settings;
    }

    /// Follows the quorum's leadership from now on.
    ///
    /// @param channels asked for when there are other nodes to dial
    public static Controller open(
            MetadataQuorum quorum,
            int nodeId,
            Supplier<PeerChannels> channels,
            ControllerSettings settings) {
        var controller = new Controller(quorum, nodeId, channels, settings);
        quorum.onPublished((_, _) -> controller.onPublished());
        quorum.onLeaderChanged((term, _, isMe) -> controller.onLeadership(term, isMe));
        return controller;
    }

    private void onLeadership(long term, boolean isMe) {
        if (isMe == leads) {
            return;
        }
        leads = isMe;
        run(isMe ? () -> begin(term) : this::end);
    }

    private void onPublished() {
        if (leads && imageWaits.compareAndSet(false, true)) {
            run(() -> {
                imageWaits.set(false);
                var next = image();
                NodeNews.tell(seen, next);
                seen = next;
                step(new ControllerEvent.ImageChanged(next));
            });
        }
    }

    @Override
    public Handle open(Hello hello, Guest guest) {
        var visit = new Visit(lastSession.incrementAndGet(), guest);
        run(() -> {
            if (core == null) {
                guest.ended(SessionEnd.NOT_CONTROLLER);
                return;
            }
            visits.put(visit.number, visit);
            step(
                    new ControllerEvent.SessionOpened(
                            visit.number, hello.nodeId(), hello.incarnation(), hello.nodeEpoch()));
        });
        return visit;
    }

    @Override
    public CompletableFuture<Boolean> awaitVisible(long index, long timeoutMs) {
        var waiter = new Waiter(index, new CompletableFuture<>());
        run(() -> {
            if (core == null) {
                waiter.visible.complete(false);
                return;
            }
            waiters.add(waiter);
            answerWaiters();
        });
        return waiter.visible.completeOnTimeout(false, timeoutMs, TimeUnit.MILLISECONDS);
    }

    // ---- on the controller's thread ----

    private void run(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException closed) {
            LOGGER.atDebug().setCause(closed).log("controller is closed");
        }
    }

    private void later(Runnable task, long delayMs) {
        try {
            var _ = thread.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOGGER.atDebug().setCause(closed).log("controller is closed");
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("controller step failed");
        }
    }

    private void begin(long term) {
        LOGGER.atInfo().addKeyValue("term", term).log("this node is the controller");
        core = new ControllerCore(nodeId, settings);
        membership = members();
        seen = image();
        step(new ControllerEvent.Elected(seen, membership));
        long tickMs = Math.max(1, settings.sessionTimeoutMs() / TICKS_IN_SESSION);
        ticking =
                thread.scheduleWithFixedDelay(
                        () -> guarded(this::tick), tickMs, tickMs, TimeUnit.MILLISECONDS);
    }

    private void end() {
        LOGGER.atInfo().log("this node is the controller no longer");
        core = null;
        if (ticking != null) {
            ticking.cancel(false);
        }
        visits.values().forEach(visit -> visit.guest.ended(SessionEnd.NOT_CONTROLLER));
        visits.clear();
        waiters.forEach(waiter -> waiter.visible.complete(false));
        waiters.clear();
    }

    private void tick() {
        var current = members();
        if (!current.equals(membership)) {
            membership = current;
            step(new ControllerEvent.MembershipChanged(current));
        }
        step(new ControllerEvent.Tick());
    }

    private void step(ControllerEvent event) {
        var leading = core;
        if (leading == null) {
            return; // Late news of a leadership that has ended.
        }
        long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        leading.step(event, nowMs).forEach(effect -> carryOut(effect, leading));
        answerWaiters();
    }

    /// Brings an answer back, unless whoever asked is no more: its numbers mean nothing to the
    /// next.
    private void back(ControllerCore asker, ControllerEvent answer) {
        run(() -> {
            if (isCurrent(asker)) {
                step(answer);
            }
        });
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(ControllerCore asker) {
        return core == asker;
    }

    private void carryOut(ControllerEffect effect, ControllerCore asker) {
        switch (effect) {
            case Submit(long id, var command) -> {
                LOGGER.atDebug().addKeyValue("command", command).log("controller submits");
                var _ =
                        quorum.submit(command)
                                .whenComplete((outcome, _) ->
                                        back(asker, new ControllerEvent.Decided(id, outcome)));
            }
            case ControllerEffect.Probe probe -> dial(probe, asker);
            case CloseSession(long session, var reason) -> {
                var visit = visits.remove(session);
                if (visit != null) {
                    visit.guest.ended(ending(reason));
                }
            }
            case ShutdownProgress(long session, int waiting) -> {
                var visit = visits.get(session);
                if (visit != null) {
                    visit.waiting = waiting;
                    visit.guest.answer(new Answer(quorum.committedIndex(), waiting));
                }
            }
            case Promote(var member) ->
                    changed(quorum.membership().promote(full(member)), "promoted", member);
            case Remove(var member) ->
                    changed(quorum.membership().remove(full(member)), "removed", member);
        }
    }

    private void dial(ControllerEffect.Probe probe, ControllerCore asker) {
        if (probe.afterMs() > 0) {
            var now = new ControllerEffect.Probe(probe.id(), probe.nodeId(), probe.address(), 0);
            later(() -> dial(now, asker), probe.afterMs());
            return;
        }
        LOGGER.atDebug().addKeyValue("node", probe.nodeId()).log("dialling a node that is away");
        var address = new PeerAddress(probe.address().host(), probe.address().port());
        var _ =
                channels.get()
                        .probe(address, PROBE_MS)
                        .thenAccept(answer ->
                                back(
                                        asker,
                                        new ControllerEvent.Probed(probe.id(), answer(answer))));
    }

    private static ControllerEvent.Answer answer(Probe probe) {
        return switch (probe) {
            case ANSWERED -> ControllerEvent.Answer.ANSWERED;
            case REFUSED -> ControllerEvent.Answer.REFUSED;
            case SILENT -> ControllerEvent.Answer.SILENT;
        };
    }

    private static SessionEnd ending(ControllerEffect.Reason reason) {
        return switch (reason) {
            case UNKNOWN_NODE -> SessionEnd.UNKNOWN_NODE;
            case REPLACED -> SessionEnd.REPLACED;
            case SILENT -> SessionEnd.BROKEN;
        };
    }

    private void changed(CompletableFuture<Void> change, String what, Member member) {
        var _ =
                change.whenComplete((_, failure) ->
                        run(() -> {
                            LOGGER.atInfo()
                                    .addKeyValue("node", member.nodeId())
                                    .setCause(failure)
                                    .log(
                                            failure == null
                                                    ? "quorum member " + what
                                                    : "quorum member not " + what);
                            membership = members();
                            step(new ControllerEvent.MembershipChanged(membership));
                        }));
    }

    /// The member with what the quorum knows of it, its address for one.
    private io.moldau.quorum.Member full(Member member) {
        var all = new ArrayList<>(quorum.membership().voters());
        all.addAll(quorum.membership().listeners());
        return all.stream()
                .filter(known -> plain(known).equals(member))
                .findFirst()
                .orElseGet(() ->
                        new io.moldau.quorum.Member(member.nodeId(), member.directoryId(), null));
    }

    private Membership members() {
        var all = quorum.membership();
        return new Membership(
                all.voters().stream().map(Controller::plain).toList(),
                all.listeners().stream().map(Controller::plain).toList());
    }

    private static Member plain(io.moldau.quorum.Member member) {
        return new Member(member.nodeId(), member.directoryId());
    }

    private ClusterImage image() {
        return quorum.image();
    }

    private void answerWaiters() {
        if (waiters.isEmpty() || core == null) {
            return;
        }
        long visible = core.visibleIndex();
        waiters.removeIf(waiter -> {
            if (waiter.index <= visible) {
                waiter.visible.complete(true);
            }
            return waiter.visible.isDone();
        });
    }

    /// Ends every session.
    @Override
    public void close() {
        leads = false;
        run(this::end);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
