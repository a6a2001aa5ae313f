package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/// Lets the preferred replicas lead again where others do: from time to time, and once when a whole
/// cluster has just started.
///
/// Then one node may lead all there is: whoever stopped last. Nobody has much to lose by another
/// move yet.
final class LeaderBalance {
    private static final Object SUBJECT = "preferred leaders";

    /// A cluster that takes longer to start waits for the next check.
    private static final long START_MS = 60_000;

    private final int self;
    private final ControllerSettings settings;
    private final Requests requests;
    private final Map<Integer, Long> epochsAtBegin = new HashMap<>();
    private Set<Integer> settled = Set.of();
    private long settledSinceMs;
    private long startUntilMs;
    private long nextCheckMs;

    LeaderBalance(int self, ControllerSettings settings, Requests requests) {
        this.self = self;
        this.settings = settings;
        this.requests = requests;
    }

    void begin(ClusterImage image, long nowMs) {
        image.nodes().forEach((id, node) -> epochsAtBegin.put(id, node.nodeEpoch()));
        startUntilMs = nowMs + START_MS;
        nextCheckMs = nowMs + settings.rebalanceIntervalMs();
    }

    /// @param lives whether the present life of a node has a session
    void tick(ClusterImage image, IntPredicate lives, long nowMs, List<ControllerEffect> effects) {
        if (!settings.autoRebalance()) {
            return;
        }
        if (hasJustStarted(image, lives, nowMs)) {
            startUntilMs = nowMs;
        } else if (nowMs < nextCheckMs) {
            return;
        }
        nextCheckMs = nowMs + settings.rebalanceIntervalMs();
        var strays = strays(image);
        if (!strays.isEmpty()) {
            requests.submit(SUBJECT, new ElectLeaders(ElectionType.PREFERRED, strays), effects);
        }
    }

    /// All other nodes have come since this one became the controller, for a while no one has come
    /// or gone, and the replicas are in sync.
    private boolean hasJustStarted(ClusterImage image, IntPredicate lives, long nowMs) {
        if (nowMs >= startUntilMs) {
            return false;
        }
        var living = new TreeSet<Integer>();
        for (var node : image.nodes().values()) {
            if (node.id() != self && lives.test(node.id())) {
                if (!isNewcomer(node)) {
                    startUntilMs = nowMs; // The cluster was there before.
                    return false;
                }
                living.add(node.id());
            }
        }
        if (!living.equals(settled)) {
            settled = living;
            settledSinceMs = nowMs;
        }
        return !living.isEmpty()
                && nowMs - settledSinceMs >= settings.sessionTimeoutMs()
                && isInSync(image);
    }

    private boolean isNewcomer(NodeImage node) {
        Long known = epochsAtBegin.get(node.id());
        return known == null || known < node.nodeEpoch();
    }

    private static boolean isInSync(ClusterImage image) {
        return image.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> {
                    int preferred = partition.replicas().getFirst();
                    return partition.isr().contains(preferred) || !isEligible(preferred, image);
                });
    }

    private static boolean isEligible(int nodeId, ClusterImage image) {
        var node = image.node(nodeId);
        return node != null && node.eligible();
    }

    private static List<TopicPartitions> strays(ClusterImage image) {
        var strays = new ArrayList<TopicPartitions>();
        for (var topic : image.topics()) {
            var numbers = new ArrayList<Integer>();
            for (int i = 0; i < topic.partitions().size(); i++) {
                if (canReturn(topic.partitions().get(i), image)) {
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
        return partition.leader() != preferred
                && partition.isr().contains(preferred)
                && isEligible(preferred, image);
    }
}
