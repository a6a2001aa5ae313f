package io.moldau.broker.console;

/// Whether a node lives, and whether it is ready to be sent clients.
///
/// @param problem one sentence; empty when there is none
record Health(String problem) {
    private static final Health WELL = new Health("");

    /// A node lives until it has found that it must stop.
    static Health live(NodeView node) {
        return node.failure().isEmpty() ? WELL : new Health(node.failure());
    }

    /// A node is ready when the cluster counts on it: it is registered and not fenced, and it knows
    /// who leads the metadata quorum; and when it has recovered its logs.
    static Health ready(NodeView node) {
        if (!node.failure().isEmpty()) {
            return live(node);
        }
        var self = node.image().node(node.nodeId());
        if (self == null) {
            return new Health("This node is not registered yet.");
        }
        if (self.fenced()) {
            return new Health("The controller has fenced this node.");
        }
        return node.quorum().leaderId() < 0
                ? new Health("The metadata quorum has no leader.")
                : new Health(node.logs().recovery());
    }

    boolean isWell() {
        return problem.isEmpty();
    }
}
