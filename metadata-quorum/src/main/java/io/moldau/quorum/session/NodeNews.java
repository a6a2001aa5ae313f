package io.moldau.quorum.session;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the controller's log what became of nodes, for the operator who asks what happened.
final class NodeNews {
    private static final Logger LOGGER = LoggerFactory.getLogger(Controller.class);

    private NodeNews() {}

    static void tell(ClusterImage before, ClusterImage after) {
        for (var node : after.nodes().values()) {
            var known = before.node(node.id());
            if (known == null || known.nodeEpoch() != node.nodeEpoch()) {
                tell(node, "node registered");
            }
            boolean wasAlive = known != null && !known.fenced();
            if (wasAlive && node.fenced()) {
                tell(node, "node fenced");
            } else if (!wasAlive && !node.fenced()) {
                tell(node, "node is back");
            } else if (known != null && node.shuttingDown() && !known.shuttingDown()) {
                tell(node, "node is about to stop");
            }
        }
        for (var node : before.nodes().values()) {
            if (after.node(node.id()) == null) {
                tell(node, "node unregistered");
            }
        }
    }

    private static void tell(NodeImage node, String event) {
        LOGGER.atInfo()
                .addKeyValue("node", node.id())
                .addKeyValue("nodeEpoch", node.nodeEpoch())
                .log(event);
    }
}
