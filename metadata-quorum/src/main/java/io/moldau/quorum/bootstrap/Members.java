package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Who belongs to the cluster, as a node that belongs to it knows, and how that is changed.
///
/// Changes are made on the node that leads the quorum only; elsewhere they fail.
public interface Members {
    boolean leads();

    /// Where the node that leads is reached; empty while there is none, or it is not known.
    Optional<PeerAddress> leader();

    List<Peer> voters();

    List<Peer> listeners();

    /// The numbers that nodes have or had: registered ones, and those that partitions lie on.
    Set<Integer> takenNodeIds();

    /// Whether the controller takes the node for alive.
    boolean isAlive(int nodeId);

    CompletableFuture<Void> addListener(Peer peer);

    /// `gone` belongs no longer and `peer` listens in its place.
    CompletableFuture<Void> replace(Peer gone, Peer peer);

    CompletableFuture<Void> remove(Peer peer);

    CompletableFuture<Void> promote(Peer peer);

    CompletableFuture<Void> demote(Peer peer);

    /// Voters and listeners.
    default List<Peer> all() {
        return java.util.stream.Stream.concat(voters().stream(), listeners().stream()).toList();
    }
}
