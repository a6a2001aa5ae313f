package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a node that has a place already is still welcome to those that it is told to join. It
/// does not wait for them: after a blackout it may be the first to come back.
public final class Welcome {
    private static final Logger LOGGER = LoggerFactory.getLogger(Welcome.class);
    private static final long PATIENCE_MS = 1_000;

    private Welcome() {}

    /// @throws BootstrapException it is of another cluster than they are, or they removed it
    public static void check(
            String clusterId, Uuid directoryId, List<PeerAddress> named, PeerChannels channels) {
        var greeter = new Greeter(channels);
        var checks =
                named.stream()
                        .map(address ->
                                greeter.ask(address, PATIENCE_MS)
                                        .thenAccept(reply ->
                                                check(clusterId, directoryId, address, reply)))
                        .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(checks).get(2 * PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.ExecutionException refused) {
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
