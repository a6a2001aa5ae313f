package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;

/// Which place a node that asks for one gets. Pure: it decides, and the caller makes it so.
final class Admission {
    private Admission() {}

    /// Who asks.
    record Applicant(Uuid directoryId, OptionalInt nodeId, PeerAddress address) {}

    sealed interface Decision {
        /// It belongs already: the answer to its first request was lost, or it lost its memory of
        /// it.
        record Known(Peer peer) implements Decision {}

        record Admit(Peer peer) implements Decision {}

        /// It comes instead of one whose disk was lost.
        record Replace(Peer gone, Peer peer) implements Decision {}

        record Refuse(String sentence) implements Decision {}
    }

    /// @param promised numbers that other nodes were promised, and this one perhaps
    static Decision decide(Applicant applicant, Members members, Reservations promised) {
        for (var member : members.all()) {
            if (member.directoryId().equals(applicant.directoryId())) {
                return new Decision.Known(member);
            }
        }
        return applicant.nodeId().isPresent()
                ? numbered(applicant, applicant.nodeId().getAsInt(), members, promised)
                : unnumbered(applicant, members, promised);
    }

    private static Decision numbered(
            Applicant applicant, int nodeId, Members members, Reservations promised) {
        var other = promised.holder(nodeId);
        if (other.isPresent() && !other.get().directoryId().equals(applicant.directoryId())) {
            return new Decision.Refuse(
                    "node.id=%d was just given to the node at %s: give this one another, or leave node.id out"
                            .formatted(nodeId, other.get().address()));
        }
        var peer = new Peer(nodeId, applicant.directoryId(), applicant.address());
        var former = members.all().stream().filter(member -> member.nodeId() == nodeId).findFirst();
        if (former.isPresent() && former.get().address().equals(applicant.address())) {
            return new Decision.Replace(former.get(), peer);
        }
        if (members.isAlive(nodeId)) {
            return new Decision.Refuse(
                    "node.id=%d is taken by the node at %s, which is alive: give this one another, or leave node.id out"
                            .formatted(
                                    nodeId,
                                    former.map(member -> member.address().toString())
                                            .orElse("another address")));
        }
        return former.<Decision>map(gone -> new Decision.Replace(gone, peer))
                .orElseGet(() -> new Decision.Admit(peer));
    }

    /// Whoever listens where another node did takes its number and its partitions: two cannot
    /// listen at one address, so the other is gone.
    private static Decision unnumbered(
            Applicant applicant, Members members, Reservations promised) {
        Optional<Peer> former =
                members.all().stream()
                        .filter(member -> member.address().equals(applicant.address()))
                        .findFirst();
        int nodeId =
                former.map(Peer::nodeId)
                        .orElseGet(() ->
                                promised.of(applicant.directoryId())
                                        .orElseGet(() -> firstFree(members, promised)));
        var peer = new Peer(nodeId, applicant.directoryId(), applicant.address());
        return former.<Decision>map(gone -> new Decision.Replace(gone, peer))
                .orElseGet(() -> new Decision.Admit(peer));
    }

    private static int firstFree(Members members, Reservations promised) {
        var taken = new java.util.HashSet<>(members.takenNodeIds());
        taken.addAll(promised.nodeIds());
        members.all().forEach(member -> taken.add(member.nodeId()));
        int nodeId = 1;
        while (taken.contains(nodeId)) {
            nodeId++;
        }
        return nodeId;
    }
}
