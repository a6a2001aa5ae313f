package io.moldau.quorum;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who leads, as far as this node knows, and who wants to be told.
///
/// Ratis tells of it while it holds its locks; listeners are therefore told by another thread.
final class Leadership {
    private static final Logger LOGGER = LoggerFactory.getLogger(Leadership.class);
    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("leader-news").start(task);
    static final int NOBODY = -1;

    private record Standing(long term, int leader, boolean mine) {}

    private final List<LeaderListener> listeners = new ArrayList<>();
    private Standing standing = new Standing(0, NOBODY, false);
    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    synchronized void listen(LeaderListener listener) {
        listeners.add(listener);
        if (standing.term() > 0) {
            tell(List.of(listener), standing);
        }
    }

    synchronized void changed(long term, int leader, boolean mine) {
        var next = new Standing(term, leader, mine);
        if (next.equals(standing) || term < standing.term()) {
            return;
        }
        standing = next;
        tell(new ArrayList<>(listeners), next);
    }

    private void tell(List<LeaderListener> whom, Standing news) {
        for (var listener : whom) {
            told =
                    told.thenRunAsync(
                                    () -> listener.changed(news.term(), news.leader(), news.mine()),
                                    THREADS)
                            .exceptionally(failure -> {
                                LOGGER.atError()
                                        .setCause(failure)
                                        .log("a listener failed on a new leader");
                                return null;
                            });
        }
    }
}
