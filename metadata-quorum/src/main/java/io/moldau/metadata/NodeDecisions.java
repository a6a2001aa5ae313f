package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.accepted;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataMachine.Decision;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides what nodes ask for themselves.
final class NodeDecisions {
    private NodeDecisions() {}

    static Decision register(RegisterNode command, ClusterImage image) {
        if (command.nodeId() < 0) {
            return refused(
                    image,
                    Errors.INVALID_REQUEST,
                    "A node id cannot be negative, as %d is.".formatted(command.nodeId()));
        }
        if (command.featureLevel() < image.featureLevel()) {
            return refused(
                    image,
                    Errors.UNSUPPORTED_VERSION,
                    "Node %d knows feature level %d, but the cluster has reached %d."
                            .formatted(
                                    command.nodeId(),
                                    command.featureLevel(),
                                    image.featureLevel()));
        }
        var known = image.node(command.nodeId());
        if (known != null && known.incarnation().equals(command.incarnation())) {
            return accepted(image, new Outcome.NodeRegistered(known.nodeEpoch()));
        }
        long nodeEpoch = image.parts().lastNodeEpoch() + 1;
        var node =
                new NodeImage(
                        command.nodeId(),
                        command.incarnation(),
                        nodeEpoch,
                        List.copyOf(command.endpoints()),
                        command.rack(),
                        false,
                        command.featureLevel());
        var edit = new ImageEdit(image).lastNodeEpoch(nodeEpoch).put(node);
        for (var topic : image.topics()) {
            var restarted = restarted(topic, command.nodeId());
            if (restarted != null) {
                edit.put(restarted);
            }
        }
        return accepted(edit.done(), new Outcome.NodeRegistered(nodeEpoch));
    }

    /// Partitions that the node alone keeps have no one else to be led by: it leads them again, in
    /// a new epoch, so that whatever its former life left under way is fenced.
    ///
    /// @return `null` when none of the topic's partitions is such a one
    private static @Nullable TopicImage restarted(TopicImage topic, int nodeId) {
        List<PartitionImage> partitions = null;
        for (int i = 0; i < topic.partitions().size(); i++) {
            var partition = topic.partitions().get(i);
            if (partition.leader() == nodeId && partition.isr().size() == 1) {
                partitions = partitions == null ? new ArrayList<>(topic.partitions()) : partitions;
                partitions.set(i, partition.withNextLeaderEpoch());
            }
        }
        return partitions == null
                ? null
                : new TopicImage(topic.id(), topic.name(), List.copyOf(partitions));
    }

    static Decision producerIds(AllocateProducerIds command, ClusterImage image) {
        var node = image.node(command.nodeId());
        if (node == null) {
            return refused(
                    image,
                    Errors.BROKER_ID_NOT_REGISTERED,
                    "No node %d is registered.".formatted(command.nodeId()));
        }
        if (node.nodeEpoch() != command.nodeEpoch()) {
            return refused(
                    image,
                    Errors.STALE_BROKER_EPOCH,
                    "Node %d is in epoch %d; the request came from epoch %d."
                            .formatted(node.id(), node.nodeEpoch(), command.nodeEpoch()));
        }
        long first = image.parts().nextProducerId();
        if (first > Long.MAX_VALUE - ClusterImage.PRODUCER_ID_BLOCK) {
            return refused(image, Errors.UNKNOWN_SERVER_ERROR, "No producer ids are left.");
        }
        return accepted(
                new ImageEdit(image).nextProducerId(first + ClusterImage.PRODUCER_ID_BLOCK).done(),
                new Outcome.ProducerIdsAllocated(first, ClusterImage.PRODUCER_ID_BLOCK));
    }
}
