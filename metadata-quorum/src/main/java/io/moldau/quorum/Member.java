package io.moldau.quorum;

import io.moldau.peer.PeerAddress;
import org.apache.kafka.common.Uuid;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/// A node in the quorum, whether it votes or listens.
///
/// @param directoryId names its metadata directory: a node whose disk was lost comes back as
///   another member
/// @param address where it was when it became a member; `null` for one that began alone and without
///   a port. Where it is now: see [MetadataQuorum#addressOf]
public record Member(int nodeId, Uuid directoryId, @Nullable PeerAddress address) {
    RaftPeerId peerId() {
        return PeerIds.of(nodeId, directoryId);
    }

    RaftPeer peer(RaftPeerRole startupRole) {
        var peer = RaftPeer.newBuilder().setId(peerId()).setStartupRole(startupRole);
        return address == null ? peer.build() : peer.setAddress(address.toString()).build();
    }

    static Member of(RaftPeer peer) {
        return new Member(
                PeerIds.nodeId(peer.getId()), PeerIds.directoryId(peer.getId()), addressOf(peer));
    }

    /// What the quorum's membership says of where a peer is.
    static @Nullable PeerAddress addressOf(@Nullable RaftPeer peer) {
        var address = peer == null ? null : peer.getAddress();
        return address == null || address.isEmpty() ? null : PeerAddress.parse(address, 0);
    }

    /// `<node id>@<directory id>`, and `@<host>:<port>` where that is known.
    String text() {
        return address == null ? peerId().toString() : peerId() + "@" + address;
    }

    static Member parse(String text) {
        var parts = text.split("@", 3);
        if (parts.length < 2) {
            throw new IllegalArgumentException("'%s' names no member".formatted(text));
        }
        return new Member(
                Integer.parseInt(parts[0]),
                Uuid.fromString(parts[1]),
                parts.length < 3 ? null : PeerAddress.parse(parts[2], 0));
    }
}
