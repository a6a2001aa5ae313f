package io.moldau.broker.console;

import io.moldau.metadata.ClusterImage;
import io.moldau.quorum.QuorumStatus;
import java.util.List;

/// What the operator's port may see of a node. Every method may be called from any thread.
public interface NodeView {
    int nodeId();

    ClusterImage image();

    QuorumStatus quorum();

    /// Why the node must stop, empty while it need not.
    String failure();

    /// `min.insync.replicas` of a topic, by its name.
    int minInsyncReplicas(String topic);

    /// The partitions of this node. Waits until their threads have answered, some milliseconds.
    List<PartitionFigures> partitions();

    /// @param highWatermark -1 while the log is not open, as are the other offsets
    /// @param sizeBytes of the log's segments; -1 while it is not open
    record PartitionFigures(
            String topic,
            int partition,
            boolean leads,
            int replicas,
            int inSync,
            long logStartOffset,
            long highWatermark,
            long logEndOffset,
            long sizeBytes) {}
}
