package io.moldau.quorum.session;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.Outcome;
import io.moldau.peer.PeerChannels;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.session.SessionHost.Answer;
import io.moldau.quorum.session.SessionHost.Beat;
import io.moldau.quorum.session.SessionHost.Guest;
import io.moldau.quorum.session.SessionHost.Handle;
import io.moldau.quorum.session.SessionHost.Hello;
import io.moldau.quorum.session.SessionHost.SessionEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's place in the cluster: registers it, and keeps a session with whichever node leads
/// the quorum for as long as it lives.
///
/// A session that breaks tells each end that the other may be dead. Here that means: the node's
/// address is dialled anew, and where nobody listens any more this node stands for election
/// ([Suspicion]).
///
/// All state belongs to one thread; the public methods may be called from any.
public final class NodeSession implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(NodeSession.class);
    private static final long BEAT_MS = 250;
    private static final long RETRY_MS = 50;
    private static final long RETRY_MS_LATER = 400;
    private static final int QUICK_RETRIES = 10;

    private final MetadataQuorum quorum;
    private final Supplier<PeerChannels> channels;
    private final SessionHost self;
    private final Registration registration;
    private final LongSupplier visibleIndex;
    private final long timeoutNanos;
    private final Consumer<String> expelled;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("node-session").daemon(true).factory());
    private final CompletableFuture<Long> registered = new CompletableFuture<>();
    private final CompletableFuture<Void> handedOver = new CompletableFuture<>();
    private final AtomicBoolean beatWanted = new AtomicBoolean();
    private final Suspicion suspicion;

    private volatile long nodeEpoch = -1;
    private volatile int controllerId = -1;
    private @Nullable Link link;
    private boolean connectWaits;
    private int retries;
    private boolean wantsShutdown;

    /// One attempt at a session; what it hears later than its end is not for anybody.
    private final class Link implements Guest {
        private final int host;
        private @Nullable Handle handle;
        private long heardNanos = System.nanoTime();
        private boolean answered;

        private Link(int host) {
            this.host = host;
        }

        private void open() {
            handle =
                    hostOf(host)
                            .open(
                                    new Hello(
                                            registration.nodeId(),
                                            registration.incarnation(),
                                            nodeEpoch),
                                    this);
            beat();
        }

        private void beat() {
            if (handle != null) {
                handle.beat(
                        new Beat(quorum.appliedIndex(), visibleIndex.getAsLong(), wantsShutdown));
            }
        }

        @Override
        public void answer(Answer answer) {
            run(() -> {
                heardNanos = System.nanoTime();
                if (!answered && link == this) {
                    onFirstAnswer();
                }
                answered = true;
                if (link == this && wantsShutdown && answer.shutdownWaiting() == 0) {
                    handedOver.complete(null);
                }
            });
        }

        @Override
        public void ended(SessionEnd why) {
            run(() -> onEnded(this, why));
        }

        private void hangUp() {
            if (handle != null) {
                handle.broken();
            }
        }
    }

    private NodeSession(
            MetadataQuorum quorum,
            Supplier<PeerChannels> channels,
            SessionHost self,
            Registration registration,
            LongSupplier visibleIndex,
            long timeoutMs,
            Consumer<String> expelled) {
        this.quorum = quorum;
        this.channels = channels;
        this.self = self;
        this.registration = registration;
        this.visibleIndex = visibleIndex;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        this.expelled = expelled;
        this.suspicion = new Suspicion(quorum, channels, this::later, this::isMissed);
    }

    /// Begins to register the node.
    ///
    /// @param channels asked for when another node leads
    /// @param self keeps the sessions while this node leads
    /// @param visibleIndex up to which this node's clients see the metadata
    /// @param timeoutMs how long a controller may be silent before another session is tried
    /// @param expelled told, in one sentence, when the cluster has no place for this process
    public static NodeSession open(
            MetadataQuorum quorum,
            Supplier<PeerChannels> channels,
            SessionHost self,
            Registration registration,
            LongSupplier visibleIndex,
            long timeoutMs,
            Consumer<String> expelled) {
        var session =
                new NodeSession(
                        quorum, channels, self, registration, visibleIndex, timeoutMs, expelled);
        session.run(session::register);
        quorum.onLeaderChanged((_, leader, _) -> session.run(() -> session.onLeader(leader)));
        var _ =
                session.thread.scheduleWithFixedDelay(
                        () -> session.run(session::tick), BEAT_MS, BEAT_MS, TimeUnit.MILLISECONDS);
        return session;
    }

    /// Completes with the node epoch when the cluster knows this node.
    public CompletableFuture<Long> registered() {
        return registered;
    }

    /// -1 before the node is registered.
    public long nodeEpoch() {
        return nodeEpoch;
    }

    /// Partitions follow a newer image now: tells the controller, which others may wait for.
    public void reportVisible() {
        if (beatWanted.compareAndSet(false, true)) {
            run(() -> {
                beatWanted.set(false);
                if (link != null) {
                    link.beat();
                }
            });
        }
    }

    /// Completes when every other node shows its clients the metadata of `index`, or is known to be
    /// away, or with false when that took longer.
    public CompletableFuture<Boolean> awaitVisible(long index, long timeoutMs) {
        int host = controllerId;
        return host < 0
                ? CompletableFuture.completedFuture(false)
                : hostOf(host).awaitVisible(index, timeoutMs);
    }

    /// Asks the controller to let others lead what this node leads. Completes when that is so, or
    /// after `timeoutMs`.
    public CompletableFuture<Void> shutDown(long timeoutMs) {
        run(() -> {
            wantsShutdown = true;
            if (link != null) {
                link.beat();
            }
        });
        return handedOver.completeOnTimeout(null, timeoutMs, TimeUnit.MILLISECONDS);
    }

    private SessionHost hostOf(int nodeId) {
        return nodeId == registration.nodeId()
                ? self
                : new RemoteHost(
                        channels.get().to(quorum.addressOf(nodeId)), quorum.image().clusterId());
    }

    // ---- on the session's thread ----

    private void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOGGER.atWarn().setCause(e).log("session step failed");
                }
            });
        } catch (RejectedExecutionException closed) {
            LOGGER.atDebug().setCause(closed).log("session is closed");
        }
    }

    private void later(Runnable task, long delayMs) {
        var _ = thread.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
    }

    private void register() {
        var known = known();
        long seen = known == null ? -1 : known.nodeEpoch();
        // Whoever had its place and lost it to a later life must not take it back.
        var command = registration.command(nodeEpoch >= 0 ? nodeEpoch : seen);
        var _ =
                quorum.submit(command)
                        .whenComplete(
                                (outcome, failure) -> run(() -> onRegistered(outcome, failure)));
    }

    private @Nullable NodeImage known() {
        return quorum.image().node(registration.nodeId());
    }

    private void onRegistered(@Nullable Outcome outcome, @Nullable Throwable failure) {
        switch (outcome) {
            case Outcome.NodeRegistered(var epoch) -> {
                nodeEpoch = epoch;
                registered.complete(epoch);
                connect();
            }
            // Our image was behind; by now it shows the epoch that we did not know.
            case Outcome.Refused(var error, _)
                    when error == Errors.STALE_BROKER_EPOCH && !isSuperseded() ->
                    later(this::register, RETRY_MS);
            case Outcome.Refused(_, var message) -> expelled.accept(message);
            case null, default -> {
                LOGGER.atInfo().setCause(failure).log("not registered yet");
                later(this::register, RETRY_MS);
            }
        }
    }

    private void onLeader(int leader) {
        if (leader == controllerId) {
            return;
        }
        controllerId = leader;
        retries = 0;
        suspicion.dispel();
        dropLink();
        connect();
    }

    private void onFirstAnswer() {
        retries = 0;
        suspicion.dispel();
    }

    private void dropLink() {
        var last = link;
        link = null;
        if (last != null) {
            last.hangUp();
        }
    }

    private void connect() {
        if (link != null || controllerId < 0 || nodeEpoch < 0) {
            return;
        }
        link = new Link(controllerId);
        try {
            link.open();
        } catch (RuntimeException e) {
            LOGGER.atDebug().setCause(e).log("no session yet");
            link = null;
            connectLater();
        }
    }

    private void connectLater() {
        if (!connectWaits) {
            connectWaits = true;
            later(
                    () -> {
                        connectWaits = false;
                        connect();
                    },
                    retries++ < QUICK_RETRIES ? RETRY_MS : RETRY_MS_LATER);
        }
    }

    private void onEnded(Link ended, SessionEnd why) {
        if (link != ended) {
            return;
        }
        link = null;
        (ended.answered ? LOGGER.atInfo() : LOGGER.atDebug())
                .addKeyValue("controller", ended.host)
                .addKeyValue("why", why)
                .log("session with the controller ended");
        switch (why) {
            case UNKNOWN_NODE -> onUnknown();
            case BROKEN -> {
                suspect(ended.host);
                connectLater();
            }
            case NOT_CONTROLLER, REPLACED -> connectLater();
        }
    }

    /// The controller's image may be ahead of ours: whoever has taken this node's id will be seen.
    private void onUnknown() {
        later(this::register, RETRY_MS);
    }

    private void suspect(int host) {
        if (host != registration.nodeId()) {
            suspicion.suspect(host);
        }
    }

    private boolean isMissed(int host) {
        boolean answers = link != null && link.answered;
        return !answers && (controllerId == host || controllerId < 0);
    }

    private void tick() {
        if (isSuperseded()) {
            expelled.accept(
                    "Node %d was started a second time, or removed from the cluster; this process stops."
                            .formatted(registration.nodeId()));
            return;
        }
        if (link == null) {
            connect();
        } else if (System.nanoTime() - link.heardNanos > timeoutNanos) {
            int host = link.host;
            LOGGER.atInfo().addKeyValue("controller", host).log("the controller is silent");
            dropLink();
            suspect(host);
        } else {
            link.beat();
        }
    }

    private boolean isSuperseded() {
        if (nodeEpoch < 0) {
            return false;
        }
        ClusterImage image = quorum.image();
        var known = image.node(registration.nodeId());
        return known == null
                || (!known.incarnation().equals(registration.incarnation())
                        && known.nodeEpoch() > nodeEpoch);
    }

    /// Hangs up. The controller takes that for the end of this node.
    @Override
    public void close() {
        run(this::dropLink);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        registered.cancel(false);
    }
}
