package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeEndpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// The real partitions of one node over a folder, with metadata that is decided on the spot.
public final class PartitionsFixture implements AutoCloseable {
    public static final int NODE = 1;
    public static final int OTHER_NODE = 2;

    private final Shards shards = Shards.start(2, "test-shard", Clock.system());
    private final LogStore store;
    private final Partitions partitions;
    private final Map<String, LogConfig> configs = new HashMap<>();
    private final Map<String, Integer> minInsyncReplicas = new HashMap<>();
    private ClusterImage image = ClusterImage.empty();

    public PartitionsFixture(Path folder) {
        this(List.of(DataDir.of(LogDirectory.open(folder, Clock.system(), 64))));
    }

    public PartitionsFixture(List<DataDir> directories) {
        store = new LogStore(directories);
        partitions =
                new Partitions(
                        NODE,
                        shards,
                        store,
                        Clock.system(),
                        topic -> configs.getOrDefault(topic, LogConfig.defaults()),
                        topic -> minInsyncReplicas.getOrDefault(topic, 1));
        decide(new MetadataCommand.NameCluster("fixture-cluster-000001"));
        register(NODE, 9092);
        partitions.start(image);
    }

    public void register(int node, int port) {
        var endpoint =
                new NodeEndpoint("PLAINTEXT", "host" + node, port, SecurityProtocol.PLAINTEXT);
        decide(
                MetadataCommand.RegisterNode.lone(
                        node,
                        Uuid.randomUuid(),
                        new Uuid(0, node),
                        List.of(endpoint),
                        null,
                        Long.MAX_VALUE));
        decide(
                new MetadataCommand.UnfenceNode(
                        node, Objects.requireNonNull(image.node(node)).nodeEpoch()));
    }

    public Uuid createTopic(String name, int partitionCount) {
        return createTopic(name, partitionCount, LogConfig.defaults());
    }

    public Uuid createTopic(String name, int partitionCount, LogConfig config) {
        configs.put(name, config);
        var id = Uuid.randomUuid();
        decide(MetadataCommand.CreateTopic.placed(name, id, partitionCount, 1, Map.of(), 7));
        return id;
    }

    /// From the next [#createTopic] of that name on.
    public void requireInSync(String topic, int replicas) {
        minInsyncReplicas.put(topic, replicas);
    }

    /// A topic of one partition that another node leads.
    public Uuid createTopicElsewhere(String name) {
        var id = Uuid.randomUuid();
        decide(
                new MetadataCommand.CreateTopic(
                        name, id, 1, (short) 1, List.of(List.of(OTHER_NODE)), Map.of(), 7));
        return id;
    }

    public void decide(MetadataCommand command) {
        var before = image;
        var decision = MetadataMachine.decide(command, image);
        image = decision.image().at(before.appliedIndex() + 1);
        partitions.onPublished(before, image);
    }

    Shards shards() {
        return shards;
    }

    public Partitions partitions() {
        return partitions;
    }

    public Partition partition(String topic, int index) {
        return ((Lookup.Found) partitions.leading(new TopicPartition(topic, index), -1))
                .partition();
    }

    /// One batch of records with these values.
    public static ByteBuffer batch(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] =
                    new SimpleRecord(
                            System.currentTimeMillis(), values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records).buffer();
    }

    @Override
    public void close() {
        shards.close();
        store.close();
    }
}
