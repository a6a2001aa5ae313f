package io.moldau.chaos.sim.cluster;

/// Something that runs on a node beside its replicas, in each of its lives.
public interface NodePart {
    /// The process has started, and is not known to the cluster yet.
    void onStart();

    /// This life is in the metadata that the node has applied.
    void onRegistered();

    /// The node has applied the metadata up to there.
    void onApplied(int index);

    /// The process is about to end as it should.
    void onClose();

    /// The process is gone.
    void onStop();

    /// Nothing runs here but replicas.
    NodePart NONE =
            new NodePart() {
                @Override
                public void onStart() {
                    // Nothing to start.
                }

                @Override
                public void onRegistered() {
                    // Nothing waits for it.
                }

                @Override
                public void onApplied(int index) {
                    // Nothing reads it.
                }

                @Override
                public void onClose() {
                    // Nothing to close.
                }

                @Override
                public void onStop() {
                    // Nothing was running.
                }
            };
}
