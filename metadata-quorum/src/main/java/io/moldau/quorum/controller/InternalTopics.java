package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import io.moldau.metadata.placement.ReplicaGrowth;
import io.moldau.metadata.placement.ReplicaPlacement.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.internals.Topic;

/// Gives the internal topics more replicas as nodes join: on the first node of a cluster they began
/// with one, and no one would think of growing them by hand.
final class InternalTopics {
    private final ControllerSettings settings;
    private final Requests requests;
    private final Map<String, Integer> replicationFactors;
    private List<Candidate> settled = List.of();
    private long settledSinceMs;

    InternalTopics(ControllerSettings settings, Requests requests) {
        this.settings = settings;
        this.requests = requests;
        replicationFactors =
                Map.of(
                        Topic.GROUP_METADATA_TOPIC_NAME,
                        settings.offsetsReplicationFactor(),
                        Topic.TRANSACTION_STATE_TOPIC_NAME,
                        settings.transactionsReplicationFactor());
    }

    /// Waits until no node has come or gone for a while: several that join together share the
    /// replicas.
    void tick(ClusterImage image, long nowMs, List<ControllerEffect> effects) {
        var living = living(image);
        if (!living.equals(settled)) {
            settled = living;
            settledSinceMs = nowMs;
        }
        if (living.size() < 2 || nowMs - settledSinceMs < settings.sessionTimeoutMs()) {
            return;
        }
        replicationFactors.forEach((name, replicationFactor) -> {
            var topic = image.topic(name);
            if (topic != null) {
                grow(topic, Math.min(replicationFactor, living.size()), living, effects);
            }
        });
    }

    private static List<Candidate> living(ClusterImage image) {
        return image.nodes().values().stream()
                .filter(NodeImage::eligible)
                .map(node -> new Candidate(node.id(), node.rack()))
                .sorted(Comparator.comparingInt(Candidate::id))
                .toList();
    }

    private void grow(
            TopicImage topic,
            int replicationFactor,
            List<Candidate> living,
            List<ControllerEffect> effects) {
        boolean small =
                topic.partitions().stream()
                        .anyMatch(partition -> partition.replicas().size() < replicationFactor);
        if (!small || topic.partitions().stream().anyMatch(PartitionImage::reassigning)) {
            return;
        }
        var present = topic.partitions().stream().map(PartitionImage::replicas).toList();
        var grown = ReplicaGrowth.grown(present, living, replicationFactor);
        var reassignments = new ArrayList<Reassignment>();
        for (int i = 0; i < grown.size(); i++) {
            if (!grown.get(i).equals(present.get(i))) {
                reassignments.add(new Reassignment(topic.name(), i, grown.get(i)));
            }
        }
        requests.submit(topic.name(), new AlterReassignments(List.copyOf(reassignments)), effects);
    }
}
