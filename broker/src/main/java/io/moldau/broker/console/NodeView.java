package io.moldau.broker.console;

import io.moldau.broker.partition.PartitionFigures;
import io.moldau.broker.partition.PartitionReport;
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

    /// The data directories of this node, and the one of its metadata.
    List<DiskFigures> disks();

    /// Replicas of this node that cannot be used: their disk failed, or their log.
    long offlineReplicas();

    /// File descriptors that the process has in use; -1 when unknown.
    long descriptorsUsed();

    /// File descriptors that the process may have.
    long descriptorsMax();

    /// How often damage was found in a log since the start.
    long damagesFound();

    /// How often damaged records were taken away to be fetched again.
    long repairsBegun();

    /// What it does for its logs beside serving them.
    LogFigures logs();

    /// The partitions of this node. Waits until their threads have answered, some milliseconds.
    List<PartitionFigures> partitions();

    /// What will become of the segments of a topic's partitions here. Waits as [#partitions].
    List<PartitionReport> segments(String topic);
}
