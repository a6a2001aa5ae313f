package io.moldau.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Changes all partitions of a cluster that something has happened to. What is not concerned stays
/// shared, so that the loss of a node costs one look at each partition.
final class PartitionSweep {
    private final ClusterImage image;
    private final Predicate<PartitionImage> concerned;
    private final Consumer<PartitionChange> change;

    private PartitionSweep(
            ClusterImage image,
            Predicate<PartitionImage> concerned,
            Consumer<PartitionChange> change) {
        this.image = image;
        this.concerned = concerned;
        this.change = change;
    }

    static ClusterImage over(
            ClusterImage image,
            Predicate<PartitionImage> concerned,
            Consumer<PartitionChange> change) {
        var sweep = new PartitionSweep(image, concerned, change);
        ImageEdit edit = null;
        for (var topic : image.topics()) {
            var changed = sweep.changed(topic);
            if (changed != null) {
                edit = edit == null ? new ImageEdit(image) : edit;
                edit.put(changed);
            }
        }
        return edit == null ? image : edit.done();
    }

    /// The topic as it is after the change; `null` if that is how it was.
    static @Nullable TopicImage over(
            TopicImage topic,
            ClusterImage image,
            Predicate<PartitionImage> concerned,
            Consumer<PartitionChange> change) {
        return new PartitionSweep(image, concerned, change).changed(topic);
    }

    @SuppressWarnings("ReferenceEquality") // A partition that did not change is the same one.
    private @Nullable TopicImage changed(TopicImage topic) {
        List<PartitionImage> partitions = null;
        PartitionRules rules = null;
        for (int i = 0; i < topic.partitions().size(); i++) {
            var before = topic.partitions().get(i);
            if (!concerned.test(before)) {
                continue;
            }
            rules = rules == null ? PartitionRules.of(topic.name(), image) : rules;
            var next = new PartitionChange(before, rules);
            change.accept(next);
            var after = next.done();
            if (after != before) {
                partitions = partitions == null ? new ArrayList<>(topic.partitions()) : partitions;
                partitions.set(i, after);
            }
        }
        return partitions == null
                ? null
                : new TopicImage(topic.id(), topic.name(), List.copyOf(partitions));
    }
}
