package io.moldau.quorum.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// Numbers that nodes were promised before they became members, so that two that join at once do
/// not get the same one. The oldest promises are forgotten: whoever does not come in a hurry is
/// given another number.
final class Reservations {
    private static final int PROMISES_MAX = 100;

    private final Map<Uuid, Peer> promised = new LinkedHashMap<>();

    synchronized Peer keep(Peer peer) {
        promised.remove(peer.directoryId());
        promised.put(peer.directoryId(), peer);
        if (promised.size() > PROMISES_MAX) {
            promised.remove(promised.keySet().iterator().next());
        }
        return peer;
    }

    synchronized Optional<Integer> of(Uuid directoryId) {
        return Optional.ofNullable(promised.get(directoryId)).map(Peer::nodeId);
    }

    /// The newest node that was promised the number.
    synchronized Optional<Peer> holder(int nodeId) {
        return promised.values().stream()
                .filter(peer -> peer.nodeId() == nodeId)
                .reduce((_, newer) -> newer);
    }

    synchronized Set<Integer> nodeIds() {
        return promised.values().stream().map(Peer::nodeId).collect(Collectors.toSet());
    }
}
