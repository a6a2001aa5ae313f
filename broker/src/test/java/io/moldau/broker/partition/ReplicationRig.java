package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.DiskWatch;
import io.moldau.broker.disk.FaultyDisk;
import io.moldau.broker.disk.Room;
import io.moldau.broker.disk.Watermarks;
import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.AppendResult;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.NodeEndpoint;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// Several nodes' partitions over real connections, with metadata that is decided on the spot and
/// reaches all of them at once.
final class ReplicationRig implements AutoCloseable {
    static final String TOPIC = "orders";
    private static final long PATIENCE_S = 20;

    /// A broken disk is tried again soon.
    private static final Clock HASTY =
            new Clock() {
                @Override
                public long wallMs() {
                    return Clock.system().wallMs();
                }

                @Override
                public long monotonicNanos() {
                    return 20 * Clock.system().monotonicNanos();
                }
            };

    private final Path root;
    private ReplicationSettings settings;
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<Integer, FaultyDisk> disks = new TreeMap<>();
    private Watermarks marks = Watermarks.NONE;
    private LogConfig config = LogConfig.defaults();
    private volatile int minInsyncReplicas = 1;
    private ReplicationQuotas quotas = ReplicationQuotas.NONE;
    private ClusterImage image = ClusterImage.empty();

    ReplicationRig(Path root, ReplicationSettings settings) {
        this.root = root;
        this.settings = settings;
        decide(new MetadataCommand.NameCluster("replication-cluster-01"));
    }

    /// How long those who come before a new leader knows wait at nodes that are started from now
    /// on.
    void earlyWait(long ms) {
        settings = settings.withEarlyWaitMs(ms);
    }

    /// One process: from its start to its stop.
    final class Node implements AutoCloseable {
        private final int id;
        private final Uuid incarnation = Uuid.randomUuid();
        private final Shards shards;
        private final LogDirectory directory;
        private final LogStore store;
        private final DataDir dataDir;
        private final DiskWatch watch;
        private final Partitions partitions;
        private final PeerServer server;
        private final PeerChannels channels = PeerChannels.open(Optional.empty());
        private final boolean keptAll;
        private Replication replication;
        private volatile long nodeEpoch = -1;

        Node(int id, boolean keptAll) {
            this.id = id;
            this.keptAll = keptAll;
            shards = Shards.start(2, "node-" + id, Clock.system());
            directory = LogDirectory.open(folder(id), disk(id), Clock.system(), 64);
            dataDir = DataDir.of(directory, disk(id), marks, 0);
            store = new LogStore(List.of(dataDir));
            partitions =
                    new Partitions(
                            id, shards, store, Clock.system(), _ -> config, _ -> minInsyncReplicas);
            watch = DiskWatch.start(List.of(dataDir), HASTY, partitions::onDisk);
            server =
                    PeerServer.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            Optional.empty());
        }

        void start() {
            synchronized (ReplicationRig.this) {
                partitions.bound(quotas);
                partitions.recoverWith(2);
                partitions.start(image);
                replication =
                        Replication.start(
                                partitions,
                                server,
                                channels,
                                ReplicationRig.this::decideLater,
                                () -> nodeEpoch,
                                settings);
                nodes.put(id, this);
            }
            register();
        }

        private void register() {
            var outcome =
                    decide(
                            new MetadataCommand.RegisterNode(
                                    id,
                                    incarnation,
                                    new Uuid(0, id),
                                    List.of(
                                            new NodeEndpoint(
                                                    "PLAINTEXT",
                                                    "host" + id,
                                                    9092,
                                                    SecurityProtocol.PLAINTEXT)),
                                    new NodeAddress("127.0.0.1", server.address().getPort()),
                                    null,
                                    ClusterImage.FEATURE_LEVEL,
                                    Long.MAX_VALUE,
                                    keptAll));
            nodeEpoch = ((Outcome.NodeRegistered) outcome).nodeEpoch();
            decide(new MetadataCommand.UnfenceNode(id, nodeEpoch));
        }

        Partition partition() {
            return partitions.all().stream()
                    .filter(partition -> partition.name().equals(new TopicPartition(TOPIC, 0)))
                    .findFirst()
                    .orElseThrow();
        }

        boolean isShortOfRoom() {
            return dataDir.room() != Room.ENOUGH;
        }

        /// Reads all segments again and again, until closed.
        Scrubber scrub(long bytesPerSecond) {
            return Scrubber.start(partitions, 1, bytesPerSecond);
        }

        long damages() {
            return store.damagesFound();
        }

        /// Bytes.
        long scrubbed() {
            return store.scrubbedBytes();
        }

        /// What it says of its recovery.
        String recovery() {
            return store.recovery().sentence();
        }

        long repairs() {
            return store.repairsBegun();
        }

        boolean keepsPartition() {
            return !partitions.all().isEmpty();
        }

        <T> T ask(Function<Partition, T> question) {
            var partition = partition();
            return CompletableFuture.supplyAsync(() -> question.apply(partition), partition.shard())
                    .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
                    .join();
        }

        long logEndOffset() {
            return ask(partition -> partition.log().logEndOffset());
        }

        long highWatermark() {
            return ask(Partition::highWatermark);
        }

        /// Everything in the log, committed or not.
        List<String> values() {
            return ask(partition -> {
                var log = partition.log();
                var values = new ArrayList<String>();
                long next = log.logStartOffset();
                while (next < log.logEndOffset()) {
                    var read = log.readWhole(next, 1 << 20);
                    var bytes = ByteBuffer.allocate(read.slice().length());
                    read.slice().readFully(bytes);
                    read.slice().release();
                    for (var record : MemoryRecords.readableRecords(bytes.flip()).records()) {
                        values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
                    }
                    next = read.nextOffset();
                }
                return values;
            });
        }

        /// As a consumer that takes any replica.
        FetchItem read(long offset) {
            var item = new FetchItem(partition(), offset, 1 << 20, -1).fromAnyReplica();
            var _ =
                    ask(partition -> {
                        partition.read(item, null);
                        return true;
                    });
            return item;
        }

        CompletableFuture<AppendResult> produce(boolean all, String... values) {
            return produce(all, 10_000, values);
        }

        CompletableFuture<AppendResult> produce(boolean all, int timeoutMs, String... values) {
            return produce(all, timeoutMs, PartitionsFixture.batch(values));
        }

        /// @param batch as its producer sends it
        CompletableFuture<AppendResult> produce(boolean all, int timeoutMs, ByteBuffer batch) {
            var partition = partition();
            var answer = new CompletableFuture<AppendResult>();
            partition
                    .shard()
                    .execute(() -> partition.append(batch, all, timeoutMs, answer::complete));
            return answer;
        }

        CompletableFuture<DeletedUpTo> deleteRecords(long offset, int timeoutMs) {
            var partition = partition();
            var answer = new CompletableFuture<DeletedUpTo>();
            partition
                    .shard()
                    .execute(() ->
                            partition.deletions().delete(offset, timeoutMs, answer::complete));
            return answer;
        }

        /// No record goes in or out any more; the metadata still comes.
        void cut() {
            replication.close();
            server.close();
        }

        /// The process stops; nobody has noticed yet.
        @Override
        public void close() {
            synchronized (ReplicationRig.this) {
                nodes.remove(id);
            }
            watch.close();
            replication.close();
            channels.close();
            server.close();
            shards.close();
            store.close();
            dataDir.close();
        }
    }

    /// Where the node keeps its partitions.
    Path folder(int id) {
        return root.resolve("node-" + id);
    }

    FaultyDisk disk(int id) {
        return disks.computeIfAbsent(id, _ -> new FaultyDisk());
    }

    /// From the next [#start] on.
    void keepFree(Watermarks newMarks) {
        marks = newMarks;
    }

    Node start(int id) {
        return start(id, true);
    }

    /// @param keptAll false where the end of some log may be missing since the last stop
    Node start(int id, boolean keptAll) {
        var node = new Node(id, keptAll);
        node.start();
        return node;
    }

    /// What a running node has on its disk by now; taken while nothing is written.
    DiskImage diskOf(int id) {
        nodes.get(id).directory.checkpoint();
        return DiskImage.of(root.resolve("node-" + id));
    }

    /// One that was started.
    Node node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    void configure(LogConfig newConfig) {
        config = newConfig;
    }

    /// From the next [#start] on.
    void bound(ReplicationQuotas newQuotas) {
        quotas = newQuotas;
    }

    void requireInSync(int replicas) {
        minInsyncReplicas = replicas;
        List.copyOf(nodes.values()).forEach(node -> node.partitions.reconfigureAll());
    }

    /// A partition with these replicas, the first of which leads.
    void createTopic(Integer... replicas) {
        decide(
                new MetadataCommand.CreateTopic(
                        TOPIC,
                        Uuid.randomUuid(),
                        1,
                        (short) replicas.length,
                        List.of(List.of(replicas)),
                        minInsyncReplicas == 1
                                ? Map.of()
                                : Map.of("min.insync.replicas", "" + minInsyncReplicas),
                        7));
    }

    void fence(int id) {
        decide(
                new MetadataCommand.FenceNode(
                        id, Objects.requireNonNull(image().node(id)).nodeEpoch()));
    }

    void unfence(int id) {
        decide(
                new MetadataCommand.UnfenceNode(
                        id, Objects.requireNonNull(image().node(id)).nodeEpoch()));
    }

    synchronized ClusterImage image() {
        return image;
    }

    PartitionImage metadata() {
        return Objects.requireNonNull(image().partition(TOPIC, 0));
    }

    synchronized Outcome decide(MetadataCommand command) {
        var before = image;
        var decision = MetadataMachine.decide(command, image);
        image = decision.image().at(before.appliedIndex() + 1);
        nodes.values().forEach(node -> node.partitions.onPublished(before, image));
        return decision.outcome();
    }

    private CompletableFuture<Outcome> decideLater(MetadataCommand command) {
        return CompletableFuture.supplyAsync(() -> decide(command));
    }

    @Override
    public void close() {
        List.copyOf(nodes.values()).forEach(Node::close);
    }
}
