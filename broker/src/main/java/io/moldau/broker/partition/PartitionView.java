package io.moldau.broker.partition;

import io.moldau.broker.replication.NodeEpochs;
import io.moldau.metadata.PartitionImage;

/// What one image of the metadata says of a partition and of the nodes that keep it.
///
/// @param minIsr `min.insync.replicas` of the topic
record PartitionView(PartitionImage image, NodeEpochs nodes, int minIsr) {}
