package io.moldau.quorum;

import static io.moldau.metadata.Images.id;
import static org.awaitility.Awaitility.await;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.Outcome;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import io.moldau.peer.PeerTls;
import io.moldau.peer.PeerUnavailableException;
import io.moldau.quorum.QuorumConfig.Group;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Several quorums in this process, which talk over real sockets.
final class TestCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String CLUSTER = "cluster";

    private final Path temp;
    private final Optional<PeerTls> tls;
    private final int snapshotThreshold;
    private final Map<Integer, Node> nodes = new TreeMap<>();

    /// A node, which may be running or not.
    final class Node {
        final int id;
        final Path dir;
        private int port;
        private PeerServer server;
        private PeerChannels channels;
        private @Nullable MetadataQuorum quorum;

        private Node(int id) {
            this.id = id;
            this.dir = temp.resolve("node-" + id);
            openPort();
        }

        private void openPort() {
            server =
                    PeerServer.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), tls);
            channels = PeerChannels.open(tls);
            port = server.address().getPort();
        }

        Member member() {
            try {
                return new Member(
                        id, Identity.at(dir).directoryId(), new PeerAddress("127.0.0.1", port));
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException("no identity", failed);
            }
        }

        MetadataQuorum quorum() {
            return java.util.Objects.requireNonNull(quorum, "not running");
        }

        PeerServer server() {
            return server;
        }

        PeerChannels channels() {
            return channels;
        }

        boolean isRunning() {
            return quorum != null;
        }

        void start(Group group) {
            quorum =
                    MetadataQuorum.start(
                            QuorumConfig.of(dir, id)
                                    .withGroup(group)
                                    .withPeers(server, channels)
                                    .withAddress(new PeerAddress("127.0.0.1", port))
                                    .withSnapshotThreshold(snapshotThreshold));
        }

        void startAlone() {
            quorum =
                    MetadataQuorum.start(
                            QuorumConfig.of(dir, id).withGroup(new Group.Lone(CLUSTER)));
        }

        /// Lets others in.
        void open() {
            quorum().openTo(server, channels);
        }

        /// As by kill -9: the sockets go first, and nothing is said to anyone.
        void kill() {
            server.close();
            channels.close();
            quorum().close();
            quorum = null;
        }

        /// On another port, of which nobody has been told.
        void restartElsewhere() {
            port = 0;
            openPort();
            start(new Group.Lone(CLUSTER));
        }

        void restart() {
            // Meanwhile the kernel may have lent the port to a connection.
            await().atMost(PATIENCE)
                    .ignoreException(PeerUnavailableException.class)
                    .until(() -> {
                        openPort();
                        return true;
                    });
            start(new Group.Lone(CLUSTER));
        }
    }

    TestCluster(Path temp) {
        this(temp, Optional.empty(), 20_000);
    }

    TestCluster(Path temp, Optional<PeerTls> tls, int snapshotThreshold) {
        this.temp = temp;
        this.tls = tls;
        this.snapshotThreshold = snapshotThreshold;
    }

    /// A cluster of `count` voters, numbered from 1, which have found each other.
    TestCluster founded(int count) {
        for (int id = 1; id <= count; id++) {
            nodes.put(id, new Node(id));
        }
        var voters = nodes.values().stream().map(Node::member).toList();
        each(
                nodes.values().stream().toList(),
                node -> node.start(new Group.Founding(CLUSTER, voters)));
        return this;
    }

    /// A cluster of one that has no port, see [Node#open()].
    TestCluster alone() {
        var node = new Node(1);
        nodes.put(1, node);
        node.startAlone();
        return this;
    }

    static void each(List<Node> nodes, java.util.function.Consumer<Node> action) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new ArrayList<CompletableFuture<Void>>();
            nodes.forEach(node ->
                    done.add(CompletableFuture.runAsync(() -> action.accept(node), threads)));
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    Node node(int id) {
        return nodes.get(id);
    }

    /// A new node, not started.
    Node added(int id) {
        var node = new Node(id);
        nodes.put(id, node);
        return node;
    }

    List<Node> running() {
        return nodes.values().stream().filter(Node::isRunning).toList();
    }

    Node leader() {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () ->
                                running().stream()
                                        .filter(node -> node.quorum().isLeader())
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    Node follower() {
        var leader = leader();
        return running().stream().filter(node -> node != leader).findFirst().orElseThrow();
    }

    static Outcome decided(Node node, MetadataCommand command) {
        return node.quorum()
                .submit(command)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    static MetadataCommand commit(String group, int partition, long offset) {
        var commit = new PartitionCommit(partition, offset, -1, "");
        return new CommitOffsets(
                group, offset, -1, List.of(new TopicCommits(id(1), "t", List.of(commit))), -1);
    }

    @Override
    public void close() {
        each(
                running(),
                node -> {
                    node.quorum().close();
                    node.server.close();
                    node.channels.close();
                });
    }
}
