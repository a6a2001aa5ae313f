package io.moldau.broker.api;

import io.moldau.broker.api.NodeAddresses.Address;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.PartitionImage;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/// The cluster as one client sees it: the nodes that are alive, under the addresses of the listener
/// that the client came in on.
final class ReachableNodes {
    private final ClusterImage image;
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();

    record Node(NodeImage image, Address address) {}

    ReachableNodes(ClusterImage image, NodeAddresses addresses, RequestContext context) {
        this.image = image;
        for (var node : image.nodes().values()) {
            if (!node.fenced()) {
                addresses
                        .of(node, context)
                        .ifPresent(address -> nodes.put(node.id(), new Node(node, address)));
            }
        }
    }

    /// By node id.
    Iterable<Node> inOrder() {
        return nodes.values();
    }

    /// The quorum's leader, if a client could go there; any node serves what it would.
    int controllerId() {
        return nodes.containsKey(image.controllerId())
                ? image.controllerId()
                : nodes.isEmpty() ? ClusterImage.NO_CONTROLLER : nodes.firstKey();
    }

    boolean isAlive(int nodeId) {
        var node = image.node(nodeId);
        return node != null && !node.fenced();
    }

    /// The partition's leader, or -1 when the client cannot reach it.
    int leaderOf(PartitionImage partition) {
        return nodes.containsKey(partition.leader())
                ? partition.leader()
                : PartitionImage.NO_LEADER;
    }

    /// What is wrong with the partition's leader for this client.
    Errors leaderError(PartitionImage partition) {
        if (nodes.containsKey(partition.leader())) {
            return Errors.NONE;
        }
        return isAlive(partition.leader())
                ? Errors.LISTENER_NOT_FOUND
                : Errors.LEADER_NOT_AVAILABLE;
    }

    List<Integer> offlineReplicas(PartitionImage partition) {
        return partition.replicas().stream().filter(id -> !isAlive(id)).toList();
    }
}
