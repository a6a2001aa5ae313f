package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.accepted;
import static io.moldau.metadata.MetadataMachine.done;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.ObserveOnly;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.metadata.MetadataMachine.Decision;
import io.moldau.metadata.Outcome.Refused;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides the life of nodes, and what it means to the partitions that they keep.
final class NodeDecisions {
    private NodeDecisions() {}

    static Decision register(RegisterNode command, ClusterImage image) {
        var known = image.node(command.nodeId());
        if (known != null && known.incarnation().equals(command.incarnation())) {
            return accepted(image, new Outcome.NodeRegistered(known.nodeEpoch()));
        }
        var refusal = registrationRefusal(command, known, image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        long nodeEpoch = image.parts().lastNodeEpoch() + 1;
        boolean alone = image.nodes().isEmpty() || (known != null && image.nodes().size() == 1);
        var node =
                new NodeImage(
                        command.nodeId(),
                        command.incarnation(),
                        nodeEpoch,
                        command.directoryId(),
                        List.copyOf(command.endpoints()),
                        command.clusterAddress(),
                        command.rack(),
                        !alone,
                        false,
                        known != null && known.observerOnly(),
                        command.featureLevel());
        var nodeKnown = new ImageEdit(image).lastNodeEpoch(nodeEpoch).put(node).done();
        boolean sameDisk = known == null || known.directoryId().equals(command.directoryId());
        int id = command.nodeId();
        var after =
                PartitionSweep.over(
                        nodeKnown,
                        partition -> partition.replicas().contains(id),
                        change -> {
                            if (!sameDisk) {
                                change.withoutLost(id);
                            } else if (command.clean()) {
                                change.without(id);
                            } else {
                                change.withoutUnclean(id);
                            }
                        });
        return accepted(after, new Outcome.NodeRegistered(nodeEpoch));
    }

    private static @Nullable Refused registrationRefusal(
            RegisterNode command, @Nullable NodeImage known, ClusterImage image) {
        if (command.nodeId() < 0) {
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "A node id cannot be negative, as %d is.".formatted(command.nodeId()));
        }
        if (command.featureLevel() < image.featureLevel()) {
            return new Refused(
                    Errors.UNSUPPORTED_VERSION,
                    "Node %d knows feature level %d, but the cluster has reached %d."
                            .formatted(
                                    command.nodeId(),
                                    command.featureLevel(),
                                    image.featureLevel()));
        }
        if (known == null) {
            return null;
        }
        if (command.knownEpoch() < known.nodeEpoch()) {
            return staleEpoch(known, command.knownEpoch());
        }
        // The same directory cannot be open twice, hence its former process is gone; another one
        // may well belong to a second node that was given the same id.
        boolean otherDisk = !known.directoryId().equals(command.directoryId());
        return otherDisk && !known.fenced() && image.nodes().size() > 1
                ? new Refused(
                        Errors.DUPLICATE_BROKER_REGISTRATION,
                        "Node id %d belongs to a node with another directory, which is alive."
                                .formatted(known.id()))
                : null;
    }

    static Decision unfence(UnfenceNode command, ClusterImage image) {
        var refusal = epochRefusal(command.nodeId(), command.nodeEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var node = image.nodes().get(command.nodeId());
        if (!node.fenced()) {
            return done(image);
        }
        var unfenced = new ImageEdit(image).put(node.withState(false, false)).done();
        return done(
                PartitionSweep.over(
                        unfenced,
                        partition ->
                                partition.leader() == PartitionImage.NO_LEADER
                                        && partition.replicas().contains(node.id()),
                        _ -> {}));
    }

    static Decision fence(FenceNode command, ClusterImage image) {
        var refusal = epochRefusal(command.nodeId(), command.nodeEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var node = image.nodes().get(command.nodeId());
        if (node.fenced()) {
            return done(image);
        }
        var fenced = new ImageEdit(image).put(node.withState(true, false)).done();
        return done(left(fenced, node.id()));
    }

    /// The image after `nodeId` has left every ISR.
    private static ClusterImage left(ClusterImage image, int nodeId) {
        return PartitionSweep.over(
                image,
                partition -> partition.isr().contains(nodeId),
                change -> change.without(nodeId));
    }

    static Decision beginShutdown(BeginShutdown command, ClusterImage image) {
        var refusal = epochRefusal(command.nodeId(), command.nodeEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var node = image.nodes().get(command.nodeId());
        var after = image;
        if (node.eligible()) {
            after = new ImageEdit(image).put(node.withState(false, true)).done();
            after =
                    PartitionSweep.over(
                            after, partition -> partition.isr().contains(node.id()), _ -> {});
        }
        return accepted(after, new Outcome.ShutdownBegun(Leaderships.waiting(node.id(), after)));
    }

    static Decision unregister(UnregisterNode command, ClusterImage image) {
        var node = image.node(command.nodeId());
        if (node == null) {
            return new Decision(image, notRegistered(command.nodeId()));
        }
        return done(left(new ImageEdit(image).removeNode(node.id()).done(), node.id()));
    }

    static Decision observeOnly(ObserveOnly command, ClusterImage image) {
        var node = image.node(command.nodeId());
        if (node == null) {
            return new Decision(image, notRegistered(command.nodeId()));
        }
        return node.observerOnly() == command.observerOnly()
                ? done(image)
                : done(
                        new ImageEdit(image)
                                .put(node.withObserverOnly(command.observerOnly()))
                                .done());
    }

    static Decision producerIds(AllocateProducerIds command, ClusterImage image) {
        var refusal = epochRefusal(command.nodeId(), command.nodeEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        long first = image.parts().nextProducerId();
        if (first > Long.MAX_VALUE - ClusterImage.PRODUCER_ID_BLOCK) {
            return refused(image, Errors.UNKNOWN_SERVER_ERROR, "No producer ids are left.");
        }
        return accepted(
                new ImageEdit(image).nextProducerId(first + ClusterImage.PRODUCER_ID_BLOCK).done(),
                new Outcome.ProducerIdsAllocated(first, ClusterImage.PRODUCER_ID_BLOCK));
    }

    static @Nullable Refused epochRefusal(int nodeId, long nodeEpoch, ClusterImage image) {
        var node = image.node(nodeId);
        if (node == null) {
            return notRegistered(nodeId);
        }
        return node.nodeEpoch() == nodeEpoch ? null : staleEpoch(node, nodeEpoch);
    }

    private static Refused notRegistered(int nodeId) {
        return new Refused(
                Errors.BROKER_ID_NOT_REGISTERED, "No node %d is registered.".formatted(nodeId));
    }

    private static Refused staleEpoch(NodeImage node, long asked) {
        return new Refused(
                Errors.STALE_BROKER_EPOCH,
                "Node %d is in epoch %d; the request came from epoch %d."
                        .formatted(node.id(), node.nodeEpoch(), asked));
    }
}
