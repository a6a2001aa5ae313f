package io.moldau.quorum.bootstrap;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// What a cluster began with. Decided once, by one node, and never changed.
///
/// @param voters who votes at first, in the order of their directories' ids
public record Formation(String clusterId, List<Peer> voters) {
    public Formation {
        voters = List.copyOf(voters);
    }

    /// The place of the node with this directory, if it votes at first.
    public Optional<Peer> voter(Uuid directoryId) {
        return voters.stream().filter(peer -> peer.directoryId().equals(directoryId)).findFirst();
    }
}
