package io.moldau.quorum;

import io.moldau.peer.PeerAddress;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;

/// Where each peer is: as it said itself since it registered, else as it registered last, else as
/// the quorum's membership says, else as was said when this node joined or when the peer was added.
final class Addresses {
    private record Heard(PeerAddress address, long nodeEpoch) {}

    private final Map<RaftPeerId, PeerAddress> told = new ConcurrentHashMap<>();
    private final Map<RaftPeerId, Heard> heard = new ConcurrentHashMap<>();
    private final ToLongFunction<RaftPeerId> nodeEpochs;
    private final Function<RaftPeerId, @Nullable PeerAddress> registered;
    private volatile @Nullable RaftConfiguration membership;

    /// @param nodeEpochs changes with every registration of the peer's node
    Addresses(
            Function<RaftPeerId, @Nullable PeerAddress> registered,
            ToLongFunction<RaftPeerId> nodeEpochs) {
        this.registered = registered;
        this.nodeEpochs = nodeEpochs;
    }

    void told(RaftPeerId peer, PeerAddress address) {
        told.put(peer, address);
    }

    /// The peer itself says where it is. That counts until it registers anew.
    void heardFrom(RaftPeerId peer, PeerAddress address) {
        var last = heard.get(peer);
        long epoch = nodeEpochs.applyAsLong(peer);
        if (last == null || last.nodeEpoch() != epoch || !last.address().equals(address)) {
            heard.put(peer, new Heard(address, epoch));
        }
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
        var said = heard.get(id);
        if (said != null && said.nodeEpoch() == nodeEpochs.applyAsLong(id)) {
            return said.address();
        }
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
