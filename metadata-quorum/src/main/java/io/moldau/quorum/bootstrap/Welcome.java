package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a node that has a place already is still welcome to those that it is told to join. It
/// does not wait for those that are down: after a blackout it may be the first to come back. Nor
/// does it wait for those that hang once another one has known it.
public final class Welcome {
    private static final Logger LOGGER = LoggerFactory.getLogger(Welcome.class);
    private static final long PATIENCE_MS = 5_000;

    private Welcome() {}

    /// @throws BootstrapException it is of another cluster than they are, or they removed it
    public static void check(
            String clusterId, Uuid directoryId, List<PeerAddress> named, PeerChannels channels) {
        var greeter = new Greeter(channels);
        var decided = new CompletableFuture<Void>();
        var checks =
                named.stream()
                        .map(address ->
                                greeter.ask(address, PATIENCE_MS)
                                        .thenAccept(reply -> {
                                            check(clusterId, directoryId, address, reply);
                                            if (knows(reply, directoryId)) {
                                                decided.complete(null);
                                            }
                                        })
                                        .whenComplete((_, refusal) -> fail(decided, refusal)))
                        .toArray(CompletableFuture[]::new);
        var _ = CompletableFuture.allOf(checks).thenRun(() -> decided.complete(null));
        try {
            decided.get(2 * PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof BootstrapException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("the others could not be asked", refused);
        } catch (TimeoutException silent) {
            LOGGER.atDebug().setCause(silent).log("some of the others are silent");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fail(CompletableFuture<Void> decided, @Nullable Throwable refusal) {
        if (refusal != null) {
            decided.completeExceptionally(
                    refusal instanceof CompletionException wrapped ? wrapped.getCause() : refusal);
        }
    }

    /// Whether the answer is another node's, of a cluster that this node is a member of.
    private static boolean knows(Greeter.Reply reply, Uuid directoryId) {
        return reply instanceof Greeter.Reply.Answered(var other)
                && !other.directoryId().equals(directoryId)
                && other.standing() instanceof Greeting.Formed(_, var members, _)
                && members.stream().anyMatch(member -> member.directoryId().equals(directoryId));
    }

    static void check(
            String clusterId, Uuid directoryId, PeerAddress address, Greeter.Reply reply) {
        if (!(reply instanceof Greeter.Reply.Answered(var other))) {
            return;
        }
        if (other.clusterId().isPresent() && !other.clusterId().get().equals(clusterId)) {
            throw new BootstrapException(
                    true,
                    "this node's data belong to cluster %s, but the node at %s belongs to cluster %s: correct cluster.join, or give this node an empty data directory"
                            .formatted(clusterId, address, other.clusterId().get()));
        }
        // Only the leader knows for certain: another may not have heard yet that this node came.
        if (other.standing() instanceof Greeting.Formed(_, var members, var leads)
                && leads
                && !members.isEmpty()
                && members.stream().noneMatch(member -> member.directoryId().equals(directoryId))) {
            throw new BootstrapException(
                    false,
                    "this node does not belong to cluster %s any more, says its leader at %s: give this node an empty data directory to join again"
                            .formatted(clusterId, address));
        }
    }
}
