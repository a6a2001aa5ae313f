package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// What a node says of itself to whoever asks.
///
/// @param nodeId what it is, or was asked to be; empty while it leaves that to the cluster
/// @param clusterId what it belongs to, or was asked to belong to
/// @param address under which others reach it; empty while it does not know
public record Greeting(
        Uuid directoryId,
        OptionalInt nodeId,
        Optional<String> clusterId,
        Optional<PeerAddress> address,
        Standing standing) {

    /// How far the node has come.
    public sealed interface Standing {}

    /// It looks for the others.
    ///
    /// @param seen the directories behind all addresses that it was given, and its own; empty until
    ///   each has answered
    /// @param named those addresses
    public record Waiting(Set<Uuid> seen, List<PeerAddress> named) implements Standing {}

    /// It belongs to a cluster.
    ///
    /// @param members who belongs to it now; empty while the node cannot tell
    /// @param leads whether the node leads the quorum, and thus knows best
    public record Formed(Formation formation, List<Peer> members, boolean leads)
            implements Standing {}
}
