package io.moldau.chaos.fault;

import io.moldau.chaos.timeline.FaultSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/// Does the faults of an episode, each on a thread of its own.
public final class Nemesis {
    private final Scene scene;
    private final Listener listener;

    /// Hears what is done, on the threads that do it.
    public interface Listener {
        void began(FaultKind kind, String target);

        void ended(FaultSpan span);

        /// It was not done, or not undone as it should be.
        void failed(FaultKind kind, Aim aim, String why);

        /// It could not be done here and now, which is nobody's fault.
        void skipped(FaultKind kind, Aim aim, String why);
    }

    public Nemesis(Scene scene, Listener listener) {
        this.scene = scene;
        this.listener = listener;
    }

    /// Returns when all faults are undone.
    ///
    /// @return those that were done, in the order of their beginnings
    public List<FaultSpan> play(Episode episode) {
        var done = new ArrayList<FaultSpan>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var fault : episode.faults()) {
                threads.execute(() ->
                        strike(fault)
                                .ifPresent(span -> {
                                    synchronized (done) {
                                        done.add(span);
                                    }
                                }));
            }
        }
        done.sort((one, other) -> Long.compare(one.beganNanos(), other.beganNanos()));
        return done;
    }

    private Optional<FaultSpan> strike(PlannedFault fault) {
        var strike = new Strike(fault, scene, listener::began);
        try {
            scene.hold(fault.afterMs());
            if (scene.isOver()) {
                return Optional.empty();
            }
            Harms.of(fault.kind()).strike(strike);
        } catch (Skipped reason) {
            listener.skipped(fault.kind(), fault.aim(), reason.getMessage());
            return Optional.empty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (Exception failure) {
            strike.say("FAILED: " + ProcessHarm.firstLine(failure));
            listener.failed(fault.kind(), fault.aim(), failure.toString());
        }
        if (!strike.hasBegun()) {
            return Optional.empty();
        }
        var span = strike.span();
        listener.ended(span);
        return Optional.of(span);
    }
}
