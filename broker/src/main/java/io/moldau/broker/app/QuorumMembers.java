package io.moldau.broker.app;

import io.moldau.metadata.ClusterImage;
import io.moldau.peer.PeerAddress;
import io.moldau.quorum.Member;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.bootstrap.Members;
import io.moldau.quorum.bootstrap.Peer;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The members of the quorum, as those who join and leave need to know them.
final class QuorumMembers implements Members {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuorumMembers.class);

    private final MetadataQuorum quorum;
    private final Peer self;

    QuorumMembers(MetadataQuorum quorum, Peer self) {
        this.quorum = quorum;
        this.self = self;
    }

    @Override
    public boolean leads() {
        return quorum.isLeader();
    }

    @Override
    public Optional<PeerAddress> leader() {
        var leader = quorum.leaderId();
        return leader.isEmpty() ? Optional.empty() : address(leader.getAsInt());
    }

    private Optional<PeerAddress> address(int nodeId) {
        if (nodeId == self.nodeId()) {
            return Optional.of(self.address());
        }
        try {
            return Optional.of(quorum.addressOf(nodeId));
        } catch (NoSuchElementException unknown) {
            LOGGER.atDebug().addKeyValue("nodeId", nodeId).setCause(unknown).log("no address");
            return Optional.empty();
        }
    }

    @Override
    public List<Peer> voters() {
        return peers(quorum.membership().voters());
    }

    @Override
    public List<Peer> listeners() {
        return peers(quorum.membership().listeners());
    }

    /// A node that began alone is a member without an address; it is this one then.
    private List<Peer> peers(List<Member> members) {
        return members.stream()
                .flatMap(member ->
                        address(member.nodeId())
                                .map(at -> new Peer(member.nodeId(), member.directoryId(), at))
                                .stream())
                .toList();
    }

    @Override
    public Set<Integer> takenNodeIds() {
        ClusterImage image = quorum.image();
        var taken = new HashSet<>(image.nodes().keySet());
        for (var topic : image.topics()) {
            topic.partitions().forEach(partition -> taken.addAll(partition.replicas()));
        }
        return taken;
    }

    @Override
    public boolean isAlive(int nodeId) {
        var node = quorum.image().node(nodeId);
        return node != null && !node.fenced();
    }

    private static Member member(Peer peer) {
        return new Member(peer.nodeId(), peer.directoryId(), peer.address());
    }

    @Override
    public CompletableFuture<Void> addListener(Peer peer) {
        return quorum.membership().add(member(peer), false);
    }

    @Override
    public CompletableFuture<Void> replace(Peer gone, Peer peer) {
        return quorum.membership().replace(member(gone), member(peer));
    }

    @Override
    public CompletableFuture<Void> remove(Peer peer) {
        return quorum.membership().remove(member(peer));
    }

    @Override
    public CompletableFuture<Void> promote(Peer peer) {
        return quorum.membership().promote(member(peer));
    }

    @Override
    public CompletableFuture<Void> demote(Peer peer) {
        return quorum.membership().demote(member(peer));
    }
}
