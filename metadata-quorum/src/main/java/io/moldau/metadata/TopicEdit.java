package io.moldau.metadata;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some partitions of one topic on their way to another image.
final class TopicEdit {
    private final TopicImage before;
    private @Nullable List<PartitionImage> partitions;

    TopicEdit(TopicImage before) {
        this.before = before;
    }

    PartitionImage get(int partition) {
        return (partitions == null ? before.partitions() : partitions).get(partition);
    }

    @SuppressWarnings("ReferenceEquality") // A partition that did not change is the same one.
    TopicEdit set(int partition, PartitionImage image) {
        if (get(partition) != image) {
            partitions = partitions == null ? new ArrayList<>(before.partitions()) : partitions;
            partitions.set(partition, image);
        }
        return this;
    }

    boolean differs() {
        return partitions != null;
    }

    TopicImage done() {
        return partitions == null
                ? before
                : new TopicImage(before.id(), before.name(), List.copyOf(partitions));
    }
}
