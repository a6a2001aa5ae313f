package io.moldau.broker.partition;

import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// The partitions of this node. Follows the metadata image: what it assigns here exists here before
/// the image is seen by anyone who asks.
public final class Partitions {
    private final int nodeId;
    private final Shards shards;
    private final LogStore store;
    private final Clock clock;
    private final Function<String, LogConfig> configOf;
    private final ToIntFunction<String> minInsyncReplicasOf;
    private final Map<TopicPartition, Partition> partitions = new ConcurrentHashMap<>();
    private volatile ClusterImage image;

    /// @param configOf settings of a topic's logs, by its name
    /// @param minInsyncReplicasOf `min.insync.replicas` of a topic, by its name
    public Partitions(
            int nodeId,
            Shards shards,
            LogStore store,
            Clock clock,
            Function<String, LogConfig> configOf,
            ToIntFunction<String> minInsyncReplicasOf) {
        this.nodeId = nodeId;
        this.shards = shards;
        this.store = store;
        this.clock = clock;
        this.configOf = configOf;
        this.minInsyncReplicasOf = minInsyncReplicasOf;
    }

    /// Takes over the image that the node starts with, and removes logs of topics that are gone.
    public void start(ClusterImage first) {
        store.deleteStrays(name -> {
            var topic = first.topic(name.partition().topic());
            return topic != null
                    && topic.id().equals(name.topicId())
                    && name.partition().partition() < topic.partitions().size();
        });
        first.topics().forEach(topic -> follow(topic, first.appliedIndex() > 0));
        image = first;
    }

    /// Follows a change of the metadata. On the thread that applies it; quick.
    public void onPublished(ClusterImage before, ClusterImage after) {
        after.topicChangesSince(before)
                .forEach(change -> {
                    if (change.before() != null
                            && (change.after() == null
                                    || !change.before().id().equals(change.after().id()))) {
                        forget(change.before());
                    }
                    if (change.after() != null) {
                        follow(change.after(), true);
                    }
                });
        // Only now: who asks for a partition finds it in its new role.
        image = after;
    }

    private void follow(TopicImage topic, boolean isNew) {
        for (int i = 0; i < topic.partitions().size(); i++) {
            var assigned = topic.partitions().get(i);
            if (!assigned.replicas().contains(nodeId)) {
                continue;
            }
            var name = new TopicPartition(topic.name(), i);
            var known = partitions.get(name);
            if (known == null) {
                add(name, topic.id(), assigned, isNew);
            } else {
                known.follow(assigned);
            }
        }
    }

    private void add(TopicPartition name, Uuid topicId, PartitionImage assigned, boolean isNew) {
        var shard = shards.of(name.hashCode());
        var partition =
                new Partition(
                        name,
                        topicId,
                        nodeId,
                        shard,
                        store,
                        clock,
                        () -> configOf.apply(name.topic()),
                        assigned,
                        minInsyncReplicasOf.applyAsInt(name.topic()));
        partitions.put(name, partition);
        if (isNew && store.directoryOf(name) == null) {
            shard.execute(partition::create);
        }
    }

    private void forget(TopicImage topic) {
        for (int i = 0; i < topic.partitions().size(); i++) {
            var partition = partitions.remove(new TopicPartition(topic.name(), i));
            if (partition != null) {
                partition.shard().execute(partition::delete);
            }
        }
    }

    /// Finds a partition that is to be read or written by a client.
    ///
    /// @param currentLeaderEpoch as the client knows it; −1 if it does not say
    public Lookup leading(TopicPartition name, int currentLeaderEpoch) {
        var topic = image.topic(name.topic());
        if (topic == null
                || name.partition() < 0
                || name.partition() >= topic.partitions().size()) {
            return Lookup.NotHere.because(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        var known = topic.partitions().get(name.partition());
        var partition = partitions.get(name);
        if (known.leader() != nodeId || partition == null) {
            return new Lookup.NotHere(
                    Errors.NOT_LEADER_OR_FOLLOWER, known.leader(), known.leaderEpoch());
        }
        if (currentLeaderEpoch >= 0 && currentLeaderEpoch < known.leaderEpoch()) {
            return new Lookup.NotHere(
                    Errors.FENCED_LEADER_EPOCH, known.leader(), known.leaderEpoch());
        }
        if (currentLeaderEpoch > known.leaderEpoch()) {
            return Lookup.NotHere.because(Errors.UNKNOWN_LEADER_EPOCH);
        }
        return new Lookup.Found(partition);
    }

    /// The same by topic id. An id that nobody knows is `UNKNOWN_TOPIC_ID`.
    public Lookup leading(Uuid topicId, int partition, int currentLeaderEpoch) {
        var topic = image.topic(topicId);
        return topic == null
                ? Lookup.NotHere.because(Errors.UNKNOWN_TOPIC_ID)
                : leading(new TopicPartition(topic.name(), partition), currentLeaderEpoch);
    }

    /// Applies the topic's changed settings to its open logs.
    public void reconfigure(String topic) {
        for (var partition : partitions.values()) {
            if (partition.name().topic().equals(topic)) {
                reconfigure(partition);
            }
        }
    }

    private void reconfigure(Partition partition) {
        partition.requireInSync(minInsyncReplicasOf.applyAsInt(partition.name().topic()));
        partition.shard().execute(partition::reconfigure);
    }

    /// Applies changed broker settings to all open logs.
    public void reconfigureAll() {
        partitions.values().forEach(this::reconfigure);
    }

    public Collection<Partition> all() {
        return partitions.values();
    }

    public LogStore store() {
        return store;
    }

    public int nodeId() {
        return nodeId;
    }

    public ClusterImage image() {
        return image;
    }
}
