package io.moldau.broker.group;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.NodeEndpoint;
import io.moldau.metadata.OffsetAndMetadata;
import io.moldau.metadata.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// The quorum's decisions without its log: applies a command at once, or when it is told to.
public final class MemoryGroupStore implements GroupStore, CommittedOffsets {
    private static final int COORDINATOR_PARTITIONS = 5;

    private volatile ClusterImage image = ClusterImage.empty();
    private final Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets =
            new ConcurrentHashMap<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final List<MetadataCommand> applied = new ArrayList<>();
    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Outcome>> underWay = new ArrayList<>();
    private boolean holding;

    /// A cluster of node 1, which listens on `PLAINTEXT` at `broker:9092`.
    public MemoryGroupStore() {
        apply(
                RegisterNode.lone(
                        1,
                        Uuid.randomUuid(),
                        Uuid.randomUuid(),
                        List.of(
                                new NodeEndpoint(
                                        "PLAINTEXT", "broker", 9092, SecurityProtocol.PLAINTEXT)),
                        null,
                        -1));
    }

    public Uuid withTopic(String name, int partitions) {
        var id = Uuid.randomUuid();
        apply(CreateTopic.placed(name, id, partitions, 1, Map.of(), 1));
        return id;
    }

    /// Topic `__consumer_offsets`, whose partitions all have these replicas; the first one leads.
    public MemoryGroupStore withOffsetsTopic(Integer... replicas) {
        apply(
                new CreateTopic(
                        Topic.GROUP_METADATA_TOPIC_NAME,
                        Uuid.randomUuid(),
                        -1,
                        (short) -1,
                        Collections.nCopies(COORDINATOR_PARTITIONS, List.of(replicas)),
                        Map.of(),
                        1));
        return this;
    }

    /// Another node, alive, at `broker<id>:9092`.
    public MemoryGroupStore withNode(int id) {
        var registered =
                apply(
                        new RegisterNode(
                                id,
                                Uuid.randomUuid(),
                                Uuid.randomUuid(),
                                List.of(
                                        new NodeEndpoint(
                                                "PLAINTEXT",
                                                "broker" + id,
                                                9092,
                                                SecurityProtocol.PLAINTEXT)),
                                new NodeAddress("broker" + id, 9094),
                                null,
                                ClusterImage.FEATURE_LEVEL,
                                -1,
                                true));
        apply(new UnfenceNode(id, ((Outcome.NodeRegistered) registered).nodeEpoch()));
        return this;
    }

    /// The node is gone: others lead what it led.
    public void fence(int id) {
        apply(new FenceNode(id, image.node(id).nodeEpoch()));
    }

    /// The fenced node `id` is back and has caught up; `other`, which leads in its place, is gone.
    public void lead(int id, int other) {
        inSync(id, other);
        fence(other);
    }

    /// The fenced node `id` is back and has caught up with `other`, which leads in its place.
    public void inSync(int id, int other) {
        apply(new UnfenceNode(id, image.node(id).nodeEpoch()));
        var topic = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        for (int i = 0; i < topic.partitions().size(); i++) {
            var partition = topic.partitions().get(i);
            apply(
                    new ChangeIsr(
                            topic.id(),
                            i,
                            partition.leaderEpoch(),
                            partition.partitionEpoch(),
                            List.of(member(id), member(other))));
        }
    }

    private IsrMember member(int id) {
        return new IsrMember(id, image.node(id).nodeEpoch());
    }

    public void onPublished(ImageListener listener) {
        listeners.add(listener);
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public CommittedOffsets offsets() {
        return this;
    }

    @Override
    public synchronized CompletableFuture<?> barrier() {
        var reached = new CompletableFuture<Void>();
        held.add(() -> reached.complete(null));
        if (!holding) {
            release();
        }
        return reached;
    }

    @Override
    public synchronized CompletableFuture<Outcome> submit(MetadataCommand command) {
        var done = new CompletableFuture<Outcome>();
        underWay.add(done);
        held.add(() -> done.complete(apply(command)));
        if (!holding) {
            release();
        }
        return done;
    }

    /// From now on commands wait.
    public synchronized void hold() {
        holding = true;
    }

    /// Applies what waited, and from now on at once.
    public synchronized void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.poll().run();
        }
    }

    /// Tells whoever waits that nobody knows what will come of it. It is applied later.
    public synchronized void giveUp() {
        underWay.forEach(
                waiting -> waiting.completeExceptionally(new IllegalStateException("not decided")));
    }

    /// Likewise, and it is never applied.
    public synchronized void lose() {
        giveUp();
        held.clear();
    }

    public synchronized int waiting() {
        return held.size();
    }

    public synchronized List<MetadataCommand> applied() {
        return List.copyOf(applied);
    }

    public synchronized Outcome apply(MetadataCommand command) {
        var before = image;
        var decision = MetadataMachine.decide(command, before);
        applied.add(command);
        if (decision.outcome() instanceof Outcome.Accepted) {
            keepOffsets(command);
        }
        image = decision.image().at(applied.size());
        listeners.forEach(listener -> listener.published(before, image));
        return decision.outcome();
    }

    private void keepOffsets(MetadataCommand command) {
        if (command instanceof CommitOffsets commit) {
            put(commit);
        } else if (command instanceof DeleteOffsets(var group, var topics, _)) {
            topics.forEach(
                    topic -> topic.partitions().forEach(p -> remove(group, topic.topic(), p)));
        } else if (command instanceof DeleteGroup(var group, _)) {
            offsets.remove(group);
        }
    }

    private void put(CommitOffsets commit) {
        var group = offsets.computeIfAbsent(commit.group(), _ -> new ConcurrentHashMap<>());
        for (var topic : commit.topics()) {
            for (var partition : topic.partitions()) {
                group.put(
                        new TopicPartition(topic.topic(), partition.partition()),
                        new OffsetAndMetadata(
                                partition.offset(),
                                partition.leaderEpoch(),
                                partition.metadata(),
                                commit.commitTimestampMs(),
                                commit.expireTimestampMs(),
                                topic.topicId()));
            }
        }
    }

    private void remove(String group, String topic, int partition) {
        offsets.getOrDefault(group, new ConcurrentHashMap<>())
                .remove(new TopicPartition(topic, partition));
    }

    @Override
    public OffsetAndMetadata get(String group, String topic, int partition) {
        return all(group).get(new TopicPartition(topic, partition));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> all(String group) {
        return Map.copyOf(offsets.getOrDefault(group, Map.of()));
    }

    @Override
    public Set<String> groups() {
        return offsets.entrySet().stream()
                .filter(group -> !group.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
