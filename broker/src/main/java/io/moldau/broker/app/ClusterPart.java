package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ClusterConfig;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import io.moldau.peer.PeerTls;
import io.moldau.peer.PeerUnavailableException;
import io.moldau.quorum.Identity;
import io.moldau.quorum.Member;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.QuorumConfig;
import io.moldau.quorum.bootstrap.Arrival;
import io.moldau.quorum.bootstrap.Bootstrap;
import io.moldau.quorum.bootstrap.BootstrapException;
import io.moldau.quorum.bootstrap.Formation;
import io.moldau.quorum.bootstrap.Greeting;
import io.moldau.quorum.bootstrap.MembershipService;
import io.moldau.quorum.bootstrap.Peer;
import io.moldau.quorum.bootstrap.Remembered;
import io.moldau.quorum.bootstrap.Remembered.Place;
import io.moldau.quorum.bootstrap.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node among the others: its port for them, its place in the cluster, its part of the quorum.
///
/// A node alone opens its port last, when its clients are served already: others may then join it.
final class ClusterPart implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterPart.class);
    private static final String QUORUM_FOLDER = "quorum";
    private static final int FIRST_NODE_ID = 1;

    /// How long Java may believe what it was told about a host's name: nodes move.
    private static final String NAMES_KEPT_S = "3";

    private static final String UNKNOWN_NAMES_KEPT_S = "1";

    private final ClusterConfig settings;
    private final OwnAddress own;
    private final Path directory;
    private final Asked asked;
    private final Uuid directoryId;
    private final boolean hasMetadata;
    private final CompletableFuture<String> failure;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Remembered remembered;
    private volatile boolean closedToOthers;
    private volatile Optional<PeerLink> link = Optional.empty();
    private volatile MembershipService service;
    private volatile MetadataQuorum quorum;
    private volatile Peer self;

    /// What the node's data and settings ask for.
    private record Asked(OptionalInt nodeId, Optional<String> clusterId) {}

    /// The way to other nodes, and theirs to this one.
    record PeerLink(PeerServer server, PeerChannels channels) {}

    private ClusterPart(
            BrokerConfig config,
            Optional<MetaProperties> identity,
            CompletableFuture<String> failure) {
        this.settings = config.cluster();
        this.own = new OwnAddress(settings);
        this.failure = failure;
        this.directory = config.metadataDir().resolve(QUORUM_FOLDER);
        var known = identityOf(directory);
        this.directoryId = known.directoryId();
        this.hasMetadata = known.clusterId() != null;
        this.remembered = remember(directory, directoryId);
        var nodeId =
                identity.map(MetaProperties::nodeId)
                        .or(() ->
                                config.nodeId() < 0
                                        ? Optional.empty()
                                        : Optional.of(config.nodeId()));
        this.asked =
                new Asked(
                        nodeId.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                        identity.map(MetaProperties::clusterId).or(config::clusterId));
    }

    /// Returns when the node belongs to a cluster and has caught up with its metadata. A node that
    /// is to found a cluster with others waits for them as long as it takes.
    ///
    /// @param identity whose the data directories are, if anyone's
    /// @param failure completed when the node cannot go on
    static ClusterPart start(
            BrokerConfig config,
            Optional<MetaProperties> identity,
            CompletableFuture<String> failure) {
        var part = new ClusterPart(config, identity, failure);
        try {
            part.start();
            return part;
        } catch (BootstrapException refused) {
            part.close();
            throw new StartupException(
                    refused.otherCluster() ? ExitReason.OTHER_CLUSTER : ExitReason.FAILURE,
                    refused.getMessage(),
                    refused);
        } catch (PeerUnavailableException taken) {
            part.close();
            throw new StartupException(ExitReason.ADDRESS_IN_USE, taken.getMessage(), taken);
        } catch (UncheckedIOException unreadable) {
            part.close();
            throw new StartupException(ExitReason.FAILURE, unreadable.getMessage(), unreadable);
        } catch (RuntimeException failed) {
            part.close();
            throw failed;
        }
    }

    private static Identity identityOf(Path directory) {
        try {
            return Identity.at(directory);
        } catch (IOException unreadable) {
            throw new StartupException(
                    ExitReason.DATA_DIRECTORY,
                    "the metadata in %s cannot be read (%s): check its permissions"
                            .formatted(directory, unreadable.getMessage()),
                    unreadable);
        }
    }

    private static Remembered remember(Path directory, Uuid directoryId) {
        try {
            return Remembered.of(directory, directoryId);
        } catch (IllegalStateException damaged) {
            throw new StartupException(ExitReason.DATA_DIRECTORY, damaged.getMessage(), damaged);
        }
    }

    private void start() {
        java.security.Security.setProperty("networkaddress.cache.ttl", NAMES_KEPT_S);
        java.security.Security.setProperty(
                "networkaddress.cache.negative.ttl", UNKNOWN_NAMES_KEPT_S);
        boolean isPlaced = remembered.place().isPresent();
        if (isPlaced || settings.listenNamed()) {
            openPort();
        }
        if (isPlaced || hasMetadata) {
            checkWelcome();
        }
        if (isPlaced || hasMetadata || settings.join().isEmpty()) {
            startPlaced();
        } else {
            gather();
            startPlaced();
        }
    }

    private void openPort() {
        var tls =
                settings.tls()
                        .map(files ->
                                new PeerTls(files.certificate(), files.key(), files.trusted()));
        var server = PeerServer.open(own.toBind(), tls);
        var channels = PeerChannels.open(tls);
        // They close after the quorum, whichever was opened first.
        opened.addLast(channels);
        opened.addLast(server);
        link = Optional.of(new PeerLink(server, channels));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private void checkWelcome() {
        if (settings.join().isEmpty() || link.isEmpty()) {
            return;
        }
        var clusterId =
                remembered
                        .place()
                        .map(Place::clusterId)
                        .orElseGet(() -> identityOf(directory).clusterId());
        Welcome.check(clusterId, directoryId, own.named(), link.get().channels());
    }

    /// Looks for the cluster, or founds it with the others.
    private void gather() {
        var peers = link.orElseThrow();
        var question =
                new Bootstrap.Asked(
                        asked.nodeId(),
                        asked.clusterId(),
                        own.bySettings(port()),
                        port(),
                        own.named());
        var bootstrap = new Bootstrap(directory, remembered, question, peers.channels());
        service = new MembershipService(peers.channels(), bootstrap::greet);
        peers.server().serve(service.bindService());
        remembered = bootstrap.settle();
    }

    private int port() {
        return link.map(peers -> peers.server().address().getPort())
                .orElseGet(() -> settings.listen().port());
    }

    private void startPlaced() {
        int nodeId =
                remembered
                        .place()
                        .map(Place::nodeId)
                        .orElseGet(() -> asked.nodeId().orElse(FIRST_NODE_ID));
        self =
                new Peer(
                        nodeId,
                        directoryId,
                        own.rememberedOr(remembered.place().map(Place::address), port()));
        link.ifPresent(peers -> serveMembership(peers.channels(), peers.server()));
        remembered
                .place()
                .filter(place -> place.formation().voter(directoryId).isEmpty())
                .ifPresent(this::arrive);
        quorum = opened(MetadataQuorum.start(quorumConfig()));
        quorum.onFailure(failure::complete);
        openMembership();
    }

    private void serveMembership(PeerChannels channels, PeerServer server) {
        if (service == null) {
            service = new MembershipService(channels, _ -> greeting());
            server.serve(service.bindService());
        } else {
            service.greetWith(_ -> greeting());
        }
    }

    private Greeting greeting() {
        var running = quorum;
        var members = running == null ? List.<Peer>of() : new QuorumMembers(running, self).all();
        return new Greeting(
                directoryId,
                OptionalInt.of(self.nodeId()),
                Optional.of(formation().clusterId()),
                Optional.of(self.address()),
                new Greeting.Formed(formation(), members, running != null && running.isLeader()));
    }

    /// What the cluster began with; a node that began alone began with itself.
    private Formation formation() {
        return remembered
                .place()
                .map(Place::formation)
                .orElseGet(() ->
                        new Formation(
                                quorum == null
                                        ? identityOf(directory).clusterId()
                                        : quorum.image().clusterId(),
                                List.of(self)));
    }

    private void arrive(Place place) {
        opened(
                Arrival.of(
                        self,
                        place,
                        own.named(),
                        link.orElseThrow().channels(),
                        failure::complete));
    }

    private QuorumConfig quorumConfig() {
        var place = remembered.place();
        var base = QuorumConfig.of(directory, self.nodeId());
        var group =
                place.map(this::groupOf)
                        .orElseGet(
                                () -> new QuorumConfig.Group.Lone(asked.clusterId().orElse(null)));
        var grouped = base.withGroup(group);
        return link.map(peers ->
                        grouped.withPeers(peers.server(), peers.channels())
                                .withAddress(self.address()))
                .orElse(grouped);
    }

    private QuorumConfig.Group groupOf(Place place) {
        boolean founds = place.formation().voter(directoryId).isPresent();
        return founds
                ? new QuorumConfig.Group.Founding(
                        place.clusterId(), members(place.formation().voters()))
                : new QuorumConfig.Group.Joining(place.clusterId(), members(place.voters()));
    }

    private static List<Member> members(List<Peer> peers) {
        return peers.stream()
                .map(peer -> new Member(peer.nodeId(), peer.directoryId(), peer.address()))
                .toList();
    }

    private void openMembership() {
        if (service != null) {
            service.open(
                    new MembershipService.Belonging(
                            formation(), new QuorumMembers(quorum, self), this::noLongerAlone));
        }
    }

    /// A node that was alone writes down that it will not be: its next start must open its port
    /// first.
    private void noLongerAlone() {
        synchronized (opened) {
            if (remembered.place().isEmpty()) {
                var formation = formation();
                remembered =
                        remembered.with(
                                new Place(
                                        self.nodeId(),
                                        formation,
                                        formation.voters(),
                                        self.address()));
                remembered.write(directory);
            }
        }
    }

    /// Lets others join a node that is alone, now that its clients are served. Without the port
    /// that it was not asked to have, it goes on alone.
    ///
    /// @return the port, if it could be opened
    Optional<PeerLink> openToOthers() {
        try {
            openPort();
        } catch (PeerUnavailableException taken) {
            LOGGER.atInfo()
                    .addKeyValue("address", settings.listen())
                    .addKeyValue("reason", taken.getMessage())
                    .log("others cannot join this node");
            closedToOthers = true;
            return Optional.empty();
        }
        var peers = link.orElseThrow();
        quorum.openTo(peers.server(), peers.channels());
        serveMembership(peers.channels(), peers.server());
        openMembership();
        return link;
    }

    ClusterSummary summary() {
        var voters = quorum.membership().voters();
        var members = Stream.concat(voters.stream(), quorum.membership().listeners().stream());
        return new ClusterSummary(
                Stream.concat(members.map(Member::nodeId), quorum.image().nodes().keySet().stream())
                        .distinct()
                        .sorted()
                        .toList(),
                voters.stream().anyMatch(voter -> voter.directoryId().equals(directoryId)),
                closedToOthers ? Optional.empty() : Optional.of(self.address()));
    }

    MetadataQuorum quorum() {
        return quorum;
    }

    Peer self() {
        return self;
    }

    int nodeId() {
        return self.nodeId();
    }

    Uuid directoryId() {
        return directoryId;
    }

    /// Under which others reach this node, or would.
    PeerAddress address() {
        return self.address();
    }

    /// Empty while the node's port for others is not open.
    Optional<PeerLink> link() {
        return link;
    }

    /// Empty while the node's port for others is not open.
    Optional<MembershipService> membership() {
        return Optional.ofNullable(service);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOGGER.atError().setCause(e).log("a part between nodes did not stop cleanly");
            }
        }
    }
}
