package io.moldau.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;

/// A topic; the n-th element of `partitions` is partition n.
public record TopicImage(Uuid id, String name, List<PartitionImage> partitions) {

    /// True for the topics that Kafka keeps for itself, such as `__consumer_offsets`.
    public boolean internal() {
        return Topic.isInternal(name);
    }

    public boolean hasPartition(int partition) {
        return partition >= 0 && partition < partitions.size();
    }
}
