package io.moldau.quorum.session;

import io.moldau.peer.PeerChannels;
import io.moldau.peer.Probe;
import io.moldau.quorum.MetadataQuorum;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What follows when the session with the controller breaks: its address is dialled anew, and where
/// nobody listens any more this node stands for election in its turn.
///
/// Belongs to the session's thread.
final class Suspicion {
    private static final Logger LOGGER = LoggerFactory.getLogger(NodeSession.class);
    private static final long PROBE_MS = 500;
    private static final long REDIAL_MS = 25;
    private static final int NOBODY = -1;

    /// Meanwhile a turn has come and gone. Ratis's own time-outs help from then on, so that this
    /// matters only where no one has stood.
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final MetadataQuorum quorum;
    private final Supplier<PeerChannels> channels;
    private final Later later;
    private final IntPredicate missed;
    private int gone = NOBODY;
    private int dialled = NOBODY;
    private long actedNanos;

    /// Runs a task on the session's thread.
    @FunctionalInterface
    interface Later {
        void run(Runnable task, long delayMs);
    }

    /// @param missed whether a node still counts as the controller, and has not answered since
    Suspicion(
            MetadataQuorum quorum,
            Supplier<PeerChannels> channels,
            Later later,
            IntPredicate missed) {
        this.quorum = quorum;
        this.channels = channels;
        this.later = later;
        this.missed = missed;
    }

    /// The controller's process may be gone. A refused connection makes that certain.
    void suspect(int host) {
        if (!isActedOn(host) && dialled != host) {
            dialled = host;
            dial(host, System.nanoTime() + AGAIN_NANOS);
        }
    }

    private void dial(int host, long untilNanos) {
        // Both at once: each takes a moment, and the moments count.
        var probe = channels.get().probe(quorum.addressOf(host), PROBE_MS);
        var turn = quorum.turnAfter(host);
        var _ =
                probe.thenAccept(answer -> {
                    if (answer == Probe.REFUSED) {
                        later.run(() -> onRefused(host, turn), 0);
                    } else {
                        later.run(() -> dialAgain(host, untilNanos), REDIAL_MS);
                    }
                });
    }

    private void onRefused(int host, CompletableFuture<OptionalLong> turn) {
        dialled = NOBODY;
        var _ = turn.thenAccept(mine -> later.run(() -> onGone(host, mine), 0));
    }

    /// A process that is killed listens for as long as the system needs to clear it away.
    private void dialAgain(int host, long untilNanos) {
        if (dialled == host && missed.test(host) && System.nanoTime() < untilNanos) {
            dial(host, untilNanos);
        } else if (dialled == host) {
            dialled = NOBODY;
        }
    }

    private void onGone(int host, OptionalLong delayMs) {
        if (!missed.test(host) || isActedOn(host)) {
            return;
        }
        if (gone != host) {
            LOGGER.atInfo().addKeyValue("controller", host).log("the controller is gone");
        }
        gone = host;
        actedNanos = System.nanoTime();
        delayMs.ifPresent(delay -> later.run(() -> stand(host), delay));
    }

    private void stand(int host) {
        if (missed.test(host)) {
            quorum.forceElection(host);
        }
    }

    /// There is another controller, or the same one after all.
    void dispel() {
        gone = NOBODY;
        dialled = NOBODY;
    }

    private boolean isActedOn(int host) {
        return host == gone && System.nanoTime() - actedNanos < AGAIN_NANOS;
    }
}
