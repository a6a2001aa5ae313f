package io.moldau.quorum.bootstrap;

/// The node has no place in the cluster that it was told to join. The message is one sentence for
/// the operator.
public final class BootstrapException extends RuntimeException {
    private final boolean otherCluster;

    BootstrapException(boolean otherCluster, String sentence) {
        super(sentence);
        this.otherCluster = otherCluster;
    }

    /// Whether the node's data, or its settings, are of another cluster.
    public boolean otherCluster() {
        return otherCluster;
    }
}
