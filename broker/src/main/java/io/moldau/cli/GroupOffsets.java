package io.moldau.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Finds out which offsets a group would move to.
final class GroupOffsets {
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private GroupOffsets() {}

    /// The partitions that `TOPIC` or `TOPIC:0,2` names.
    static Set<TopicPartition> selected(Admin admin, Collection<String> selections)
            throws Exception {
        var partitions = new TreeSet<>(BY_NAME);
        for (var selection : selections) {
            int colon = selection.indexOf(':');
            if (colon < 0) {
                for (var info :
                        admin.describeTopics(Set.of(selection))
                                .allTopicNames()
                                .get()
                                .get(selection)
                                .partitions()) {
                    partitions.add(new TopicPartition(selection, info.partition()));
                }
            } else {
                for (var number : selection.substring(colon + 1).split(",", -1)) {
                    partitions.add(
                            new TopicPartition(selection.substring(0, colon), partition(number)));
                }
            }
        }
        return partitions;
    }

    private static int partition(String number) {
        if (!number.matches("\\d{1,9}")) {
            throw CliException.usage(
                    "%s is no number of a partition; write TOPIC:0,1,2.".formatted(number));
        }
        return Integer.parseInt(number);
    }

    /// The end of each partition; one that is gone is left out.
    static Map<TopicPartition, Long> ends(Admin admin, Collection<TopicPartition> partitions)
            throws Exception {
        return offsets(admin, partitions, OffsetSpec.latest());
    }

    /// Where each partition's reader would go; never before the first record nor behind the last.
    static SortedMap<TopicPartition, Long> resolved(
            Admin admin,
            Collection<TopicPartition> partitions,
            OffsetTarget target,
            Map<TopicPartition, OffsetAndMetadata> committed)
            throws Exception {
        var starts = offsets(admin, partitions, OffsetSpec.earliest());
        var ends = ends(admin, partitions);
        var since =
                target instanceof OffsetTarget.Since(var timestampMs)
                        ? offsets(admin, partitions, OffsetSpec.forTimestamp(timestampMs))
                        : Map.<TopicPartition, Long>of();
        var resolved = new TreeMap<TopicPartition, Long>(BY_NAME);
        for (var partition : partitions) {
            if (!ends.containsKey(partition)) {
                throw CliException.failure("There is no partition %s.".formatted(partition));
            }
            long start = starts.get(partition);
            long end = ends.get(partition);
            long wanted =
                    switch (target) {
                        case OffsetTarget.Earliest _ -> start;
                        case OffsetTarget.Latest _ -> end;
                        case OffsetTarget.At(var offset) -> offset;
                        case OffsetTarget.Shift(var by) -> from(committed.get(partition), end) + by;
                        case OffsetTarget.Since _ -> {
                            long found = since.getOrDefault(partition, -1L);
                            yield found < 0 ? end : found;
                        }
                    };
            resolved.put(partition, Math.clamp(wanted, start, end));
        }
        return resolved;
    }

    private static long from(OffsetAndMetadata committed, long end) {
        return committed == null ? end : committed.offset();
    }

    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) throws Exception {
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> asked.put(partition, spec));
        var result = admin.listOffsets(asked);
        var offsets = new HashMap<TopicPartition, Long>();
        for (var partition : partitions) {
            try {
                offsets.put(partition, result.partitionResult(partition).get().offset());
            } catch (java.util.concurrent.ExecutionException failure) {
                if (!(failure.getCause()
                        instanceof
                        org.apache.kafka.common.errors.UnknownTopicOrPartitionException)) {
                    throw failure;
                }
            }
        }
        return offsets;
    }
}
