package io.moldau.quorum;

import io.moldau.peer.PeerAddress;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;

/// Where each peer is: as it registered last, else as the quorum's membership says, else as was
/// said when this node joined or when the peer was added.
final class Addresses {
    private final Map<RaftPeerId, PeerAddress> told = new ConcurrentHashMap<>();
    private final Function<RaftPeerId, @Nullable PeerAddress> registered;
    private volatile @Nullable RaftConfiguration membership;

    Addresses(Function<RaftPeerId, @Nullable PeerAddress> registered) {
        this.registered = registered;
    }

    void told(RaftPeerId peer, PeerAddress address) {
        told.put(peer, address);
    }

    void membership(RaftConfiguration current) {
        membership = current;
    }

    /// @throws NoSuchElementException nobody has said where it is
    PeerAddress of(RaftPeerId id) {
        var found = find(id);
        if (found == null) {
            throw new NoSuchElementException("nobody knows where %s is".formatted(id));
        }
        return found;
    }

    /// `null` when nobody has said where it is.
    @Nullable PeerAddress find(RaftPeerId id) {
        var newest = registered.apply(id);
        if (newest != null) {
            return newest;
        }
        var current = membership;
        var peer =
                current == null
                        ? null
                        : current.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER);
        var noted = Member.addressOf(peer);
        return noted == null ? told.get(id) : noted;
    }
}
