package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.replication.NodeEpochs;
import io.moldau.broker.replication.stream.LedPartition;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The partitions of this node. Follows the metadata image: what it assigns here exists here before
/// the image is seen by anyone who asks.
public final class Partitions {
    private final int nodeId;
    private final Shards shards;
    private final LogStore store;
    private final Function<String, LogConfig> configOf;
    private final ToIntFunction<String> minInsyncReplicasOf;
    private final Surroundings around;
    private final Map<TopicPartition, Partition> partitions = new ConcurrentHashMap<>();
    private final EarlyReads earlyReads = new EarlyReads();
    private volatile Peers peers = Peers.NONE;
    private volatile ReplicationQuotas quotas = ReplicationQuotas.NONE;
    private volatile ClusterImage image;
    private int recoveryThreads;

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
        this.configOf = configOf;
        this.minInsyncReplicasOf = minInsyncReplicasOf;
        this.around = new Surroundings(nodeId, store, clock, () -> peers);
    }

    /// Takes over the image that the node starts with, and removes logs of partitions that it does
    /// not keep any more.
    public void start(ClusterImage first) {
        store.deleteStrays(name -> {
            var topic = first.topic(name.partition().topic());
            // Of one whose id is illegible the log directory knows whether it was flushed.
            return topic != null
                    && (topic.id().equals(name.topicId()) || name.topicId().equals(Uuid.ZERO_UUID))
                    && name.partition().partition() < topic.partitions().size()
                    && isKeptHere(topic.partitions().get(name.partition().partition()));
        });
        store.expect(keptHere(first));
        var recovery =
                recoveryThreads == 0
                        ? Recovery.NONE
                        : Recovery.of(store, around.clock(), recoveryThreads, configOf);
        store.recoverWith(recovery);
        first.topics().forEach(topic -> follow(topic, first));
        image = first;
        recovery.begin(partitions);
    }

    /// After an unclean stop logs are recovered by so many threads for each data directory; before
    /// [#start]. Otherwise each log is at its first use.
    public void recoverWith(int threads) {
        recoveryThreads = threads;
    }

    Clock clock() {
        return around.clock();
    }

    private List<TopicPartition> keptHere(ClusterImage in) {
        var names = new ArrayList<TopicPartition>();
        for (var topic : in.topics()) {
            for (int i = 0; i < topic.partitions().size(); i++) {
                if (isKeptHere(topic.partitions().get(i))) {
                    names.add(new TopicPartition(topic.name(), i));
                }
            }
        }
        return names;
    }

    /// A data directory is fit for something else than before. Any thread.
    public void onDisk(DataDir directory) {
        for (var partition : partitions.values()) {
            if (directory.equals(store.directoryOf(partition.name()))) {
                partition.shard().offer(() -> partition.onDisk(directory));
            }
        }
    }

    private boolean isKeptHere(PartitionImage partition) {
        return partition.replicas().contains(nodeId);
    }

    /// How fast replicas out of sync may catch up; before [Replication] starts.
    public void bound(ReplicationQuotas newQuotas) {
        quotas = newQuotas;
    }

    ReplicationQuotas quotas() {
        return quotas;
    }

    /// There are other nodes now, to lead and to follow.
    void meet(Peers newPeers) {
        peers = newPeers;
        partitions
                .values()
                .forEach(partition -> partition.shard().execute(partition.roles()::meetPeers));
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
                        follow(change.after(), after);
                    }
                });
        boolean nodesDiffer = nodesDiffer(before, after);
        if (nodesDiffer) {
            tellLeaders(after);
        }
        // Only now: who asks for a partition finds it in its new role.
        image = after;
        earlyReads.look(after);
        if (nodesDiffer) {
            peers.onNodesChanged(before, after);
        }
    }

    @SuppressWarnings("ReferenceEquality") // What no command changed is shared, not copied.
    private static boolean nodesDiffer(ClusterImage before, ClusterImage after) {
        return before.nodes() != after.nodes();
    }

    private void follow(TopicImage topic, ClusterImage in) {
        for (int i = 0; i < topic.partitions().size(); i++) {
            var assigned = topic.partitions().get(i);
            var name = new TopicPartition(topic.name(), i);
            var known = partitions.get(name);
            if (!isKeptHere(assigned)) {
                drop(name);
            } else if (known == null) {
                add(name, topic.id(), viewOf(name, assigned, in));
            } else if (!assigned.equals(known.leadership())) {
                known.follow(viewOf(name, assigned, in));
            }
        }
    }

    private PartitionView viewOf(TopicPartition name, PartitionImage assigned, ClusterImage in) {
        return new PartitionView(
                assigned, epochsIn(in), minInsyncReplicasOf.applyAsInt(name.topic()));
    }

    /// A leader that is about to stop may still bring in the one that takes over.
    private NodeEpochs epochsIn(ClusterImage in) {
        return id -> {
            var node = in.node(id);
            return node != null && (node.eligible() || id == nodeId)
                    ? node.nodeEpoch()
                    : NodeEpochs.NOT_ELIGIBLE;
        };
    }

    private void add(TopicPartition name, Uuid topicId, PartitionView view) {
        var shard = shards.of(name.hashCode());
        var partition =
                new Partition(
                        name, topicId, around, shard, () -> configOf.apply(name.topic()), view);
        partitions.put(name, partition);
        if (store.directoryOf(name) == null) {
            shard.execute(partition::create);
        }
        if (view.image().replicas().size() > 1) {
            partition.follow(view);
        }
    }

    /// Who may be in an ISR has changed, perhaps.
    private void tellLeaders(ClusterImage after) {
        var epochs = epochsIn(after);
        for (var partition : partitions.values()) {
            var now = partition.leadership();
            if (now.leader() == nodeId && now.replicas().size() > 1) {
                partition.follow(
                        new PartitionView(
                                now,
                                epochs,
                                minInsyncReplicasOf.applyAsInt(partition.name().topic())));
            }
        }
    }

    private void forget(TopicImage topic) {
        for (int i = 0; i < topic.partitions().size(); i++) {
            drop(new TopicPartition(topic.name(), i));
        }
    }

    private void drop(TopicPartition name) {
        var partition = partitions.remove(name);
        if (partition != null) {
            store.recovery().forget(name);
            partition.shard().execute(partition::delete);
        }
    }

    /// Finds a partition for its followers; null when it is not kept here.
    @Nullable LedPartition led(Uuid topicId, int index) {
        var topic = image.topic(topicId);
        var partition =
                topic == null ? null : partitions.get(new TopicPartition(topic.name(), index));
        return partition != null && partition.topicId().equals(topicId)
                ? partition.roles().ledSide()
                : null;
    }

    Shards shards() {
        return shards;
    }

    /// Finds a partition that is to be read or written by a client.
    ///
    /// @param currentLeaderEpoch as the client knows it; −1 if it does not say
    public Lookup leading(TopicPartition name, int currentLeaderEpoch) {
        return find(name, currentLeaderEpoch, false);
    }

    /// The same, for a reader who takes any replica.
    public Lookup keeping(TopicPartition name, int currentLeaderEpoch) {
        return find(name, currentLeaderEpoch, true);
    }

    private Lookup find(TopicPartition name, int currentLeaderEpoch, boolean anyReplica) {
        var topic = image.topic(name.topic());
        if (topic == null
                || name.partition() < 0
                || name.partition() >= topic.partitions().size()) {
            return Lookup.NotHere.because(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        var known = topic.partitions().get(name.partition());
        var partition = partitions.get(name);
        if ((known.leader() != nodeId && !anyReplica) || partition == null) {
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

    /// Waits a moment, but no longer, for an epoch that this node has not heard of: whoever told
    /// the client may be ahead.
    public CompletableFuture<Boolean> awaitEpoch(TopicPartition name, int leaderEpoch) {
        var known = earlyReads.await(name, leaderEpoch, peers.settings().earlyWaitMs());
        earlyReads.look(image); // It may have come just now.
        return known;
    }

    /// The same by topic id. An id that nobody knows is `UNKNOWN_TOPIC_ID`.
    public Lookup leading(Uuid topicId, int partition, int currentLeaderEpoch) {
        var topic = image.topic(topicId);
        return topic == null
                ? Lookup.NotHere.because(Errors.UNKNOWN_TOPIC_ID)
                : leading(new TopicPartition(topic.name(), partition), currentLeaderEpoch);
    }

    /// The same for a reader who takes any replica.
    public Lookup keeping(Uuid topicId, int partition, int currentLeaderEpoch) {
        var topic = image.topic(topicId);
        return topic == null
                ? Lookup.NotHere.because(Errors.UNKNOWN_TOPIC_ID)
                : keeping(new TopicPartition(topic.name(), partition), currentLeaderEpoch);
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
        partition.follow(viewOf(partition.name(), partition.leadership(), image));
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

    /// Up to which log entry this node's clients see the metadata. Entries that changed nothing are
    /// seen with those before them.
    ///
    /// @param newest image that this node has applied
    public long visibleIndex(ClusterImage newest) {
        var followed = image;
        return newest.differsFrom(followed) ? followed.appliedIndex() : newest.appliedIndex();
    }
}
