package io.moldau.quorum.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import io.moldau.quorum.bootstrap.MembershipService.Belonging;
import io.moldau.quorum.bootstrap.Remembered.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that find each other over real ports.
class BootstrapTest {
    private static final long TIMEOUT_S = 20;

    @TempDir Path folder;

    private final PeerChannels channels = PeerChannels.open(Optional.empty());
    private final List<PeerServer> servers = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();

    @AfterEach
    void closePorts() {
        arrivals.forEach(Arrival::close);
        servers.forEach(PeerServer::close);
        channels.close();
    }

    private PeerServer port() {
        var server =
                PeerServer.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty());
        servers.add(server);
        return server;
    }

    private static PeerAddress addressOf(PeerServer server) {
        return new PeerAddress("127.0.0.1", server.address().getPort());
    }

    /// One node's search, and what it answers others with.
    private final class Node {
        final Path directory;
        final MembershipService service;
        final CompletableFuture<Remembered> settled = new CompletableFuture<>();
        final CompletableFuture<String> refused = new CompletableFuture<>();

        Node(String name, PeerServer server, OptionalInt nodeId, PeerAddress... named) {
            directory = folder.resolve(name);
            var asked =
                    new Bootstrap.Asked(
                            nodeId,
                            Optional.empty(),
                            Optional.empty(),
                            server.address().getPort(),
                            List.of(named));
            var bootstrap =
                    new Bootstrap(
                            directory,
                            Remembered.of(directory, Uuid.randomUuid()),
                            asked,
                            channels);
            service = new MembershipService(channels, bootstrap::greet);
            server.serve(service.bindService());
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            var result = bootstrap.settle();
                            service.greetWith(_ -> greeting(result, List.of()));
                            settled.complete(result);
                        } catch (RuntimeException failed) {
                            settled.completeExceptionally(failed);
                        }
                    });
        }

        /// Takes the place that it was promised.
        void arrive(PeerServer server, PeerAddress... named) throws Exception {
            var known = settled.get(TIMEOUT_S, TimeUnit.SECONDS);
            var place = known.place().orElseThrow();
            var self = new Peer(place.nodeId(), known.directoryId(), addressOf(server));
            arrivals.add(Arrival.of(self, place, List.of(named), channels, refused::complete));
        }

        Place place() throws Exception {
            return settled.get(TIMEOUT_S, TimeUnit.SECONDS).place().orElseThrow();
        }
    }

    private static Greeting greeting(Remembered node, List<Peer> members) {
        var place = node.place().orElseThrow();
        return new Greeting(
                node.directoryId(),
                OptionalInt.of(place.nodeId()),
                Optional.of(place.clusterId()),
                Optional.empty(),
                new Greeting.Formed(place.formation(), members, !members.isEmpty()));
    }

    /// The port of a node that leads the cluster `clusterId`, alone.
    private FakeMembers lead(PeerServer server, String clusterId) {
        var self = new Peer(1, new Uuid(1, 1), addressOf(server));
        var members = new FakeMembers();
        members.voters.add(self);
        var formation = new Formation(clusterId, List.of(self));
        var memory =
                new Remembered(
                        self.directoryId(),
                        Optional.of(new Place(1, formation, List.of(self), self.address())));
        var service = new MembershipService(channels, _ -> greeting(memory, members.all()));
        service.open(new Belonging(formation, members, () -> {}));
        server.serve(service.bindService());
        return members;
    }

    @Test
    void threeNodesFoundOneClusterAndRememberIt() throws Exception {
        // given
        var ports = List.of(port(), port(), port());
        var names = ports.stream().map(BootstrapTest::addressOf).toArray(PeerAddress[]::new);

        // when
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < ports.size(); i++) {
            nodes.add(new Node("node-" + i, ports.get(i), OptionalInt.empty(), names));
        }

        // then
        var formation = nodes.getFirst().place().formation();
        for (int i = 0; i < nodes.size(); i++) {
            var place = nodes.get(i).place();
            assertThat(place.formation()).isEqualTo(formation);
            assertThat(place.nodeId()).isEqualTo(i + 1);
            assertThat(Remembered.read(nodes.get(i).directory).orElseThrow().place())
                    .contains(place);
        }
    }

    @Test
    void aNodeThatNobodyNamedJoinsAndIsKnownByWhereItCallsFrom() throws Exception {
        // given
        var first = port();
        var members = lead(first, "first");

        // when
        var server = port();
        var node = new Node("late", server, OptionalInt.empty(), addressOf(first));
        var place = node.place();
        node.arrive(server);

        // then
        assertThat(place.nodeId()).isEqualTo(2);
        assertThat(place.clusterId()).isEqualTo("first");
        assertThat(place.voters()).isEqualTo(members.voters());
        await().untilAsserted(() ->
                assertThat(members.listeners())
                        .extracting(Peer::address)
                        .containsExactly(addressOf(server)));
    }

    @Test
    void aMemberThatDoesNotLeadPassesTheRequestOn() throws Exception {
        // given
        var leading = port();
        var members = lead(leading, "cluster");
        var following = port();
        lead(following, "cluster").leader = Optional.of(addressOf(leading));

        // when
        var server = port();
        var node = new Node("late", server, OptionalInt.of(5), addressOf(following));
        node.arrive(server, addressOf(following));

        // then
        assertThat(node.place().nodeId()).isEqualTo(5);
        await().untilAsserted(() ->
                assertThat(members.listeners()).extracting(Peer::nodeId).containsExactly(5));
    }

    @Test
    void aTakenNumberIsRefused() {
        // given
        var first = port();
        lead(first, "first").alive.add(1);

        // when
        var refused = new Node("late", port(), OptionalInt.of(1), addressOf(first)).settled;

        // then
        assertThatThrownBy(() -> refused.get(TIMEOUT_S, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BootstrapException.class)
                .hasMessageContaining("node.id=1");
    }

    @Test
    void aNodeOfAnotherClusterIsNotWelcome() {
        // given
        var first = port();
        lead(first, "theirs");
        var self = Uuid.randomUuid();

        // when
        assertThatThrownBy(() -> Welcome.check("ours", self, List.of(addressOf(first)), channels))
                // then
                .isInstanceOf(BootstrapException.class)
                .hasMessageContaining("ours")
                .hasMessageContaining("theirs");
    }

    @Test
    void aNodeThatWasRemovedIsNotWelcome() {
        // given
        var first = port();
        lead(first, "ours");
        var self = Uuid.randomUuid();

        // when
        assertThatThrownBy(() -> Welcome.check("ours", self, List.of(addressOf(first)), channels))
                // then
                .isInstanceOf(BootstrapException.class)
                .hasMessageContaining("any more");
    }

    @Test
    void theFirstToComeBackDoesNotWaitForTheOthers() {
        var nobody = new PeerAddress("127.0.0.1", addressOf(port()).port() + 1);
        var self = Uuid.randomUuid();

        Welcome.check("ours", self, List.of(nobody), channels);

        assertThat(self).isNotNull();
    }
}
