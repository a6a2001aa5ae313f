package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Lets the preferred replicas lead again, from time to time, where too many others do.
final class LeaderBalance {
    private static final Object SUBJECT = "preferred leaders";

    private final ControllerSettings settings;
    private final Requests requests;
    private long nextCheckMs;

    LeaderBalance(ControllerSettings settings, Requests requests) {
        this.settings = settings;
        this.requests = requests;
    }

    void begin(long nowMs) {
        nextCheckMs = nowMs + settings.rebalanceIntervalMs();
    }

    void tick(ClusterImage image, long nowMs, List<ControllerEffect> effects) {
        if (!settings.autoRebalance() || nowMs < nextCheckMs) {
            return;
        }
        nextCheckMs = nowMs + settings.rebalanceIntervalMs();
        var strays = strays(image, imbalanced(image));
        if (!strays.isEmpty()) {
            requests.submit(SUBJECT, new ElectLeaders(ElectionType.PREFERRED, strays), effects);
        }
    }

    /// Nodes of whose partitions more than the allowed part is led by others.
    private Set<Integer> imbalanced(ClusterImage image) {
        Map<Integer, int[]> counts = new HashMap<>(); // {preferring it, of these led by others}
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) {
                int preferred = partition.replicas().getFirst();
                var count = counts.computeIfAbsent(preferred, _ -> new int[2]);
                count[0]++;
                count[1] += partition.leader() == preferred ? 0 : 1;
            }
        }
        var imbalanced = new HashSet<Integer>();
        counts.forEach((nodeId, count) -> {
            if (count[1] * 100L > (long) settings.imbalancePercentage() * count[0]) {
                imbalanced.add(nodeId);
            }
        });
        return imbalanced;
    }

    private static List<TopicPartitions> strays(ClusterImage image, Set<Integer> imbalanced) {
        var strays = new ArrayList<TopicPartitions>();
        for (var topic : image.topics()) {
            var numbers = new ArrayList<Integer>();
            for (int i = 0; i < topic.partitions().size(); i++) {
                var partition = topic.partitions().get(i);
                if (imbalanced.contains(partition.replicas().getFirst())
                        && canReturn(partition, image)) {
                    numbers.add(i);
                }
            }
            if (!numbers.isEmpty()) {
                strays.add(new TopicPartitions(topic.name(), List.copyOf(numbers)));
            }
        }
        return List.copyOf(strays);
    }

    private static boolean canReturn(PartitionImage partition, ClusterImage image) {
        int preferred = partition.replicas().getFirst();
        var node = image.node(preferred);
        return partition.leader() != preferred
                && partition.isr().contains(preferred)
                && node != null
                && node.eligible();
    }
}
