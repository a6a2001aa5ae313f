package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// Members of a cluster that exists in memory only.
final class FakeMembers implements Members {
    final List<Peer> voters = new CopyOnWriteArrayList<>();
    final List<Peer> listeners = new CopyOnWriteArrayList<>();
    final Set<Integer> taken = new HashSet<>();
    final Set<Integer> alive = new HashSet<>();
    Optional<PeerAddress> leader = Optional.empty();

    @Override
    public boolean leads() {
        return leader.isEmpty();
    }

    @Override
    public Optional<PeerAddress> leader() {
        return leader;
    }

    @Override
    public List<Peer> voters() {
        return List.copyOf(voters);
    }

    @Override
    public List<Peer> listeners() {
        return List.copyOf(listeners);
    }

    @Override
    public Set<Integer> takenNodeIds() {
        return taken;
    }

    @Override
    public boolean isAlive(int nodeId) {
        return alive.contains(nodeId);
    }

    @Override
    public CompletableFuture<Void> addListener(Peer peer) {
        listeners.add(peer);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> replace(Peer gone, Peer peer) {
        var _ = remove(gone);
        return addListener(peer);
    }

    @Override
    public CompletableFuture<Void> remove(Peer peer) {
        voters.remove(peer);
        listeners.remove(peer);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> promote(Peer peer) {
        listeners.remove(peer);
        voters.add(peer);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> demote(Peer peer) {
        voters.remove(peer);
        listeners.add(peer);
        return CompletableFuture.completedFuture(null);
    }
}
