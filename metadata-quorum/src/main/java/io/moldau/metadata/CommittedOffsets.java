package io.moldau.metadata;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Committed offsets, beside the image: written by the apply thread, read by any thread without a
/// lock.
///
/// A commit is visible here when the future of its submission completes. Reads of several
/// partitions are not one snapshot: a commit applied meanwhile may show in some of them.
public interface CommittedOffsets {
    /// @return `null` when the group committed nothing for that partition
    @Nullable OffsetAndMetadata get(String group, String topic, int partition);

    /// All that a group committed; a copy.
    Map<TopicPartition, OffsetAndMetadata> all(String group);

    /// Groups that have at least one committed offset; a copy.
    Set<String> groups();
}
