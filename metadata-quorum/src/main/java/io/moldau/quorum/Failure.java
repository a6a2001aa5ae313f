package io.moldau.quorum;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The first reason why the quorum cannot go on, told once to everyone who asked for it, late
/// comers included. Nothing is a failure any more once the quorum is closed on purpose.
final class Failure {
    private final List<Consumer<String>> listeners = new ArrayList<>();
    private @Nullable String reason;
    private boolean closing;

    synchronized void closing() {
        closing = true;
    }

    void listen(Consumer<String> listener) {
        String already;
        synchronized (this) {
            listeners.add(listener);
            already = reason;
        }
        if (already != null) {
            listener.accept(already);
        }
    }

    synchronized Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    void report(String sentence) {
        List<Consumer<String>> told;
        synchronized (this) {
            if (closing || reason != null) {
                return;
            }
            reason = sentence;
            told = List.copyOf(listeners);
        }
        told.forEach(listener -> listener.accept(sentence));
    }
}
