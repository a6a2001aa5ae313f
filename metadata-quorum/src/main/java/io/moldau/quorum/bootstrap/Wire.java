package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import io.moldau.proto.membership.Address;
import io.moldau.proto.membership.Member;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// What nodes say to each other, to and from its contract.
final class Wire {
    private Wire() {}

    static io.moldau.proto.metadata.Uuid of(Uuid id) {
        return io.moldau.proto.metadata.Uuid.newBuilder()
                .setHigh(id.getMostSignificantBits())
                .setLow(id.getLeastSignificantBits())
                .build();
    }

    static Uuid from(io.moldau.proto.metadata.Uuid id) {
        return new Uuid(id.getHigh(), id.getLow());
    }

    static Address of(PeerAddress address) {
        return Address.newBuilder().setHost(address.host()).setPort(address.port()).build();
    }

    static PeerAddress from(Address address) {
        return new PeerAddress(address.getHost(), address.getPort());
    }

    static Member of(Peer peer) {
        return Member.newBuilder()
                .setNodeId(peer.nodeId())
                .setDirectoryId(of(peer.directoryId()))
                .setAddress(of(peer.address()))
                .build();
    }

    static List<Peer> from(List<Member> members) {
        return members.stream()
                .map(member ->
                        new Peer(
                                member.getNodeId(),
                                from(member.getDirectoryId()),
                                from(member.getAddress())))
                .toList();
    }

    private static List<Member> of(List<Peer> peers) {
        return peers.stream().map(Wire::of).toList();
    }

    static io.moldau.proto.membership.Formation of(Formation formation) {
        return io.moldau.proto.membership.Formation.newBuilder()
                .setClusterId(formation.clusterId())
                .addAllVoters(of(formation.voters()))
                .build();
    }

    static Formation from(io.moldau.proto.membership.Formation formation) {
        return new Formation(formation.getClusterId(), from(formation.getVotersList()));
    }

    static io.moldau.proto.membership.Greeting of(Greeting greeting) {
        var wire =
                io.moldau.proto.membership.Greeting.newBuilder()
                        .setDirectoryId(of(greeting.directoryId()));
        greeting.nodeId().ifPresent(wire::setNodeId);
        greeting.clusterId().ifPresent(wire::setClusterId);
        greeting.address().ifPresent(address -> wire.setAddress(of(address)));
        switch (greeting.standing()) {
            case Greeting.Waiting(var seen, var named) ->
                    wire.setWaiting(
                            io.moldau.proto.membership.Waiting.newBuilder()
                                    .addAllSeen(seen.stream().map(Wire::of).toList())
                                    .addAllNamed(named.stream().map(Wire::of).toList()));
            case Greeting.Formed(var formation, var members, var leads) ->
                    wire.setFormed(
                            io.moldau.proto.membership.Formed.newBuilder()
                                    .setFormation(of(formation))
                                    .addAllMembers(of(members))
                                    .setLeads(leads));
        }
        return wire.build();
    }

    static Greeting from(io.moldau.proto.membership.Greeting wire) {
        return new Greeting(
                from(wire.getDirectoryId()),
                wire.hasNodeId() ? OptionalInt.of(wire.getNodeId()) : OptionalInt.empty(),
                wire.hasClusterId() ? Optional.of(wire.getClusterId()) : Optional.empty(),
                wire.hasAddress() ? Optional.of(from(wire.getAddress())) : Optional.empty(),
                standing(wire));
    }

    private static Greeting.Standing standing(io.moldau.proto.membership.Greeting wire) {
        if (wire.hasFormed()) {
            var formed = wire.getFormed();
            return new Greeting.Formed(
                    from(formed.getFormation()), from(formed.getMembersList()), formed.getLeads());
        }
        var waiting = wire.getWaiting();
        return new Greeting.Waiting(
                waiting.getSeenList().stream().map(Wire::from).collect(Collectors.toSet()),
                waiting.getNamedList().stream().map(Wire::from).toList());
    }
}
