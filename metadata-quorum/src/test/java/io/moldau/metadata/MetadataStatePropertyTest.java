package io.moldau.metadata;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.ConfigOp;
import io.moldau.metadata.MetadataCommand.CreatePartitions;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.MetadataCommand.NameCluster;
import io.moldau.metadata.MetadataCommand.ObserveOnly;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.proto.metadata.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// Many commands over few names, so that they meet.
class MetadataStatePropertyTest {
    private static final List<String> TOPICS = List.of("a", "b.c", "b_c", "d");
    private static final List<ConfigOp> OPS =
            List.of(ConfigOp.SET, ConfigOp.DELETE, ConfigOp.APPEND, ConfigOp.SUBTRACT);
    private static final List<String> GROUPS = List.of("g1", "g2");

    @Provide
    Arbitrary<List<MetadataCommand>> commands() {
        return command().list().ofMaxSize(60);
    }

    private static Arbitrary<MetadataCommand> command() {
        var topic = Arbitraries.of(TOPICS);
        var group = Arbitraries.of(GROUPS);
        var number = Arbitraries.integers().between(0, 5);
        return Arbitraries.oneOf(
                number.map(n -> node(n, n * 7L, n % 2 == 0 ? null : "r" + n)),
                Combinators.combine(topic, number, number)
                        .as((name, id, n) -> topic(name, id, n, 1 + n % 2)),
                number.map(n -> new DeleteTopic(id(n))),
                Combinators.combine(topic, number)
                        .as((name, n) -> new CreatePartitions(name, n + 1, List.of(), n)),
                Combinators.combine(topic, number).as(MetadataStatePropertyTest::alter),
                number.map(n -> new AllocateProducerIds(n, n + 1)),
                Combinators.combine(group, topic, number, number)
                        .as(MetadataStatePropertyTest::commit),
                Combinators.combine(group, topic, number)
                        .as((g, t, n) ->
                                new DeleteOffsets(
                                        g, List.of(new TopicPartitions(t, List.of(n))), n - 1)),
                Combinators.combine(group, number).as(MetadataStatePropertyTest::save),
                group.map(g -> new DeleteGroup(g, -1)),
                number.map(
                        n -> new ChangeIsr(id(n), n % 2, 0, n % 3, List.of(new IsrMember(n, n)))),
                number.map(n -> new GiveUpReplica(n, n + 1, id(n), n % 2, n % 3, n % 2 == 0)),
                number.map(n -> new NameCluster("cluster-" + n)),
                Combinators.combine(number, number).as(MetadataStatePropertyTest::life),
                Combinators.combine(topic, number).as(MetadataStatePropertyTest::leaders));
    }

    private static MetadataCommand life(int node, int kind) {
        return switch (kind) {
            case 0 -> new FenceNode(node, node + 1);
            case 1 -> new BeginShutdown(node, node + 1);
            case 2 -> new UnregisterNode(node);
            case 3 -> new ObserveOnly(node, node % 2 == 0);
            default -> new UnfenceNode(node, node + kind - 2);
        };
    }

    private static MetadataCommand leaders(String topic, int n) {
        return switch (n) {
            case 0 -> new ElectLeaders(ElectionType.PREFERRED, null);
            case 1 ->
                    new ElectLeaders(
                            ElectionType.UNCLEAN,
                            List.of(new TopicPartitions(topic, List.of(0, 1))));
            case 2 -> new AlterReassignments(List.of(new Reassignment(topic, 0, null)));
            default -> new AlterReassignments(List.of(new Reassignment(topic, 0, List.of(n, 1))));
        };
    }

    private static MetadataCommand alter(String topic, int n) {
        var change =
                new ConfigChange(
                        "k" + n % 2,
                        OPS.get(n % 4),
                        n % 4 == 1 ? null : "v" + n,
                        n == 3 ? "x,y" : null);
        return new AlterConfigs(
                new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(change), n == 5);
    }

    private static MetadataCommand commit(String group, String topic, int id, int n) {
        return new CommitOffsets(
                group,
                1000L + n,
                n == 4 ? 2000 : -1,
                List.of(
                        new TopicCommits(
                                id(id),
                                topic,
                                List.of(
                                        new PartitionCommit(
                                                n, n * 10L, n % 2 - 1, n > 3 ? "m" : ""),
                                        new PartitionCommit(0, n, -1, "")))),
                n == 3 ? 0 : -1);
    }

    private static MetadataCommand save(String group, int n) {
        var member =
                new GroupImage.Member(
                        "m" + n,
                        n % 2 == 0 ? null : "i",
                        "client",
                        "/127.0.0.1",
                        n,
                        n,
                        ByteString.copyFromUtf8("s" + n),
                        ByteString.EMPTY);
        return new SaveGroup(
                new GroupImage(
                        group, n, "consumer", n == 0 ? null : "range", null, n, List.of(member)),
                -1);
    }

    /// What is decoded is what was encoded, to the last field.
    @Property(tries = 150)
    void commandsSurviveTheirEncoding(@ForAll("commands") List<MetadataCommand> commands)
            throws IOException {
        for (var command : commands) {
            var bytes = CommandCodec.encode(command).toByteArray();
            assertThat(CommandCodec.decode(Command.parseFrom(bytes))).isEqualTo(command);
        }
    }

    /// Snapshot, restore and replay end in the same bytes as straight apply.
    @Property(tries = 150)
    void aRestoredStateGoesOnLikeTheOneThatWasSaved(
            @ForAll("commands") List<MetadataCommand> before,
            @ForAll("commands") List<MetadataCommand> after) {
        var straight = new MetadataState();
        before.forEach(straight::apply);
        straight.reached(before.size());
        var restored = restored(bytes(straight));

        for (var command : after) {
            assertThat(restored.apply(command)).isEqualTo(straight.apply(command));
        }

        assertThat(bytes(restored)).isEqualTo(bytes(straight));
    }

    /// The image's indexes and the offsets agree with a model of plain maps.
    @Property(tries = 150)
    void agreesWithADullModel(@ForAll("commands") List<MetadataCommand> commands) {
        var state = new MetadataState();
        var model = new Model();
        for (var command : commands) {
            var outcome = state.apply(command);
            if (outcome instanceof Outcome.Accepted) {
                model.follow(command);
            }
        }

        assertThat(state.image().topics().stream().map(TopicImage::name))
                .containsExactlyInAnyOrderElementsOf(model.partitions.keySet());
        for (var topic : state.image().topics()) {
            assertThat(state.image().topic(topic.id())).isSameAs(topic);
            assertThat(topic.partitions()).hasSize(model.partitions.get(topic.name()));
            assertThat(topic.id()).isEqualTo(model.ids.get(topic.name()));
        }
        for (var group : GROUPS) {
            var committed = new HashMap<TopicPartition, Long>();
            state.offsets().all(group).forEach((tp, value) -> committed.put(tp, value.offset()));
            assertThat(committed).isEqualTo(model.offsets.getOrDefault(group, Map.of()));
        }
        assertThat(state.offsets().groups()).isEqualTo(model.groupsWithOffsets());
    }

    private static final class Model {
        private final Map<String, Integer> partitions = new HashMap<>();
        private final Map<String, Uuid> ids = new HashMap<>();
        private final Map<String, Map<TopicPartition, Long>> offsets = new HashMap<>();

        private void follow(MetadataCommand command) {
            switch (command) {
                case MetadataCommand.CreateTopic create
                        when create.topicId().equals(ids.get(create.name())) -> {}
                case MetadataCommand.CreateTopic create -> {
                    partitions.put(create.name(), create.partitionCount());
                    ids.put(create.name(), create.topicId());
                }
                case CreatePartitions create -> partitions.put(create.topic(), create.newTotal());
                case DeleteTopic(var id) -> delete(id);
                case CommitOffsets commit -> commit(commit);
                case DeleteOffsets(var group, var topics, _) -> {
                    for (var topic : topics) {
                        for (int partition : topic.partitions()) {
                            offsets.getOrDefault(group, new HashMap<>())
                                    .remove(new TopicPartition(topic.topic(), partition));
                        }
                    }
                }
                case DeleteGroup(var group, _) -> offsets.remove(group);
                default -> {}
            }
        }

        private void delete(Uuid id) {
            ids.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(id))
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(name -> {
                        ids.remove(name);
                        partitions.remove(name);
                        offsets.values()
                                .forEach(all ->
                                        all.keySet().removeIf(tp -> tp.topic().equals(name)));
                    });
        }

        private void commit(CommitOffsets commit) {
            for (var topic : commit.topics()) {
                for (var entry : ids.entrySet()) {
                    if (!entry.getValue().equals(topic.topicId())) {
                        continue;
                    }
                    for (var partition : topic.partitions()) {
                        if (partition.partition() < partitions.get(entry.getKey())) {
                            offsets.computeIfAbsent(commit.group(), _ -> new HashMap<>())
                                    .put(
                                            new TopicPartition(
                                                    entry.getKey(), partition.partition()),
                                            partition.offset());
                        }
                    }
                }
            }
        }

        private Set<String> groupsWithOffsets() {
            var groups = new HashSet<String>();
            offsets.forEach((group, all) -> {
                if (!all.isEmpty()) {
                    groups.add(group);
                }
            });
            return groups;
        }
    }

    private static byte[] bytes(MetadataState state) {
        try {
            var out = new ByteArrayOutputStream();
            SnapshotCodec.write(state, out);
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static MetadataState restored(byte[] bytes) {
        try {
            var state = new MetadataState();
            SnapshotCodec.read(state, new ByteArrayInputStream(bytes));
            return state;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
