package io.moldau.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// All metadata at one applied index, but for committed offsets. Immutable; a new image shares all
/// that did not change with the one before.
public final class ClusterImage {
    /// Leader of the quorum is not known.
    public static final int NO_CONTROLLER = -1;

    /// Producer ids that one [MetadataCommand.AllocateProducerIds] hands out.
    public static final int PRODUCER_ID_BLOCK = 1000;

    /// The level of commands and decisions that this build speaks.
    public static final int FEATURE_LEVEL = 1;

    static final ClusterImage EMPTY = new ClusterImage(Parts.EMPTY, 0, NO_CONTROLLER);

    /// What is replicated, and nothing else: two nodes at one index have equal parts.
    ///
    /// @param dottedNames topics with a '.' or '_' in their name, by the name with all '.' made '_'
    record Parts(
            String clusterId,
            int featureLevel,
            long lastNodeEpoch,
            long nextProducerId,
            PMap<Integer, NodeImage> nodes,
            PMap<String, TopicImage> topics,
            PMap<Uuid, TopicImage> topicsById,
            PMap<String, String> dottedNames,
            PMap<ConfigResource, PMap<String, String>> configs,
            PMap<String, GroupImage> groups) {
        static final Parts EMPTY =
                new Parts(
                        "",
                        FEATURE_LEVEL,
                        0,
                        0,
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty());
    }

    private final Parts parts;
    private final long appliedIndex;
    private final int controllerId;

    ClusterImage(Parts parts, long appliedIndex, int controllerId) {
        this.parts = parts;
        this.appliedIndex = appliedIndex;
        this.controllerId = controllerId;
    }

    /// The image of a cluster that does not exist yet.
    public static ClusterImage empty() {
        return EMPTY;
    }

    /// The same metadata, seen at a later index.
    public ClusterImage at(long index) {
        return index == appliedIndex ? this : new ClusterImage(parts, index, controllerId);
    }

    /// The same metadata, with `id` leading the quorum. Who leads is not replicated here: each node
    /// learns it from the quorum itself.
    public ClusterImage withController(int id) {
        return id == controllerId ? this : new ClusterImage(parts, appliedIndex, id);
    }

    /// False if only the index moved. Compares by identity: parts that no command changed are
    /// shared.
    @SuppressWarnings("ReferenceEquality")
    public boolean differsFrom(ClusterImage other) {
        return parts != other.parts || controllerId != other.controllerId;
    }

    /// What happened to topics since `earlier`. Costs nothing when nothing did, and else one look
    /// at every topic.
    @SuppressWarnings("ReferenceEquality") // What no command changed is shared, not copied.
    public List<TopicChange> topicChangesSince(ClusterImage earlier) {
        if (parts.topics == earlier.parts.topics) {
            return List.of();
        }
        var changes = new ArrayList<TopicChange>();
        for (var topic : topics()) {
            var before = earlier.topic(topic.name());
            if (before != topic) {
                changes.add(new TopicChange(before, topic));
            }
        }
        for (var before : earlier.topics()) {
            if (topic(before.name()) == null) {
                changes.add(new TopicChange(before, null));
            }
        }
        return changes;
    }

    /// Resources whose overrides changed since `earlier`, those that lost their last one included.
    /// Costs nothing when nothing did, and else one look at every resource that has an override.
    @SuppressWarnings("ReferenceEquality") // What no command changed is shared, not copied.
    public Set<ConfigResource> configChangesSince(ClusterImage earlier) {
        if (parts.configs == earlier.parts.configs) {
            return Set.of();
        }
        var changed = new HashSet<ConfigResource>();
        parts.configs.forEach((resource, overrides) -> {
            if (earlier.parts.configs.get(resource) != overrides) {
                changed.add(resource);
            }
        });
        for (var resource : earlier.parts.configs.keySet()) {
            if (!parts.configs.containsKey(resource)) {
                changed.add(resource);
            }
        }
        return changed;
    }

    /// Empty until the cluster is named.
    public String clusterId() {
        return parts.clusterId;
    }

    /// Index of the last log entry that is in this image.
    public long appliedIndex() {
        return appliedIndex;
    }

    public int featureLevel() {
        return parts.featureLevel;
    }

    /// The node that leads the metadata quorum, or [#NO_CONTROLLER].
    public int controllerId() {
        return controllerId;
    }

    public Map<Integer, NodeImage> nodes() {
        return parts.nodes;
    }

    public @Nullable NodeImage node(int id) {
        return parts.nodes.get(id);
    }

    public @Nullable TopicImage topic(String name) {
        return parts.topics.get(name);
    }

    public @Nullable TopicImage topic(Uuid id) {
        return parts.topicsById.get(id);
    }

    public @Nullable String topicName(Uuid id) {
        var topic = topic(id);
        return topic == null ? null : topic.name();
    }

    public Collection<TopicImage> topics() {
        return parts.topics.values();
    }

    public @Nullable PartitionImage partition(String topic, int partition) {
        var image = topic(topic);
        return image == null || !image.hasPartition(partition)
                ? null
                : image.partitions().get(partition);
    }

    /// Overrides of a resource; empty when there are none. The name of a BROKER resource is the
    /// node id, or empty for what holds for all nodes.
    public Map<String, String> configs(ConfigResource resource) {
        return parts.configs.getOrDefault(resource, HashTreePMap.empty());
    }

    /// Every resource that has an override.
    public Set<ConfigResource> configResources() {
        return parts.configs.keySet();
    }

    public @Nullable GroupImage group(String id) {
        return parts.groups.get(id);
    }

    /// Groups whose state was saved; groups with committed offsets alone are in
    /// [CommittedOffsets#groups()].
    public Collection<String> groupIds() {
        return parts.groups.keySet();
    }

    Parts parts() {
        return parts;
    }
}
