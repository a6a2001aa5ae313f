package io.moldau.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/// Where a node's replicas go when it is to hold none. Pure: it plans, and asks nothing.
final class ReplicaMoves {
    private final Collection<TopicDescription> topics;
    private final List<Node> targets;
    private final Map<Integer, Integer> held = new HashMap<>();
    private final Map<Integer, String> racks = new HashMap<>();

    /// The moves, and the partitions that no node is left for.
    ///
    /// @param replicas the new replicas of each partition that moves
    record Plan(Map<TopicPartition, List<Integer>> replicas, List<TopicPartition> stuck) {}

    /// @param topics all topics of the cluster
    /// @param targets nodes that may take replicas
    ReplicaMoves(Collection<TopicDescription> topics, Collection<Node> targets) {
        this.topics = topics;
        this.targets = targets.stream().sorted(Comparator.comparingInt(Node::id)).toList();
        targets.forEach(node -> held.put(node.id(), 0));
        for (var topic : topics) {
            for (var partition : topic.partitions()) {
                for (var replica : partition.replicas()) {
                    held.merge(replica.id(), 1, Integer::sum);
                    if (replica.rack() != null) {
                        racks.put(replica.id(), replica.rack());
                    }
                }
            }
        }
    }

    /// Each replica of `from` goes to the node that holds the fewest, in another rack than the
    /// partition's other replicas where there is one. It takes the place of the old one in the
    /// list, so that the preferred leaders stay spread as they were.
    Plan awayFrom(int from) {
        var replicas = new TreeMap<TopicPartition, List<Integer>>(inOrder());
        var stuck = new ArrayList<TopicPartition>();
        for (var topic : topics) {
            for (var partition : topic.partitions()) {
                var old = partition.replicas().stream().map(Node::id).toList();
                if (!old.contains(from)) {
                    continue;
                }
                var where = new TopicPartition(topic.name(), partition.partition());
                target(old, from)
                        .ifPresentOrElse(
                                to -> {
                                    held.merge(to, 1, Integer::sum);
                                    replicas.put(where, replaced(old, from, to));
                                },
                                () -> stuck.add(where));
            }
        }
        return new Plan(new LinkedHashMap<>(replicas), stuck);
    }

    private Optional<Integer> target(List<Integer> old, int from) {
        var otherRacks =
                old.stream()
                        .filter(id -> id != from)
                        .map(id -> racks.getOrDefault(id, ""))
                        .toList();
        return targets.stream()
                .filter(node -> !old.contains(node.id()))
                .min(
                        Comparator.<Node, Boolean>comparing(node ->
                                        node.rack() != null && otherRacks.contains(node.rack()))
                                .thenComparing(node -> held.get(node.id())))
                .map(Node::id);
    }

    private static List<Integer> replaced(List<Integer> old, int from, int to) {
        return old.stream().map(id -> id == from ? Integer.valueOf(to) : id).toList();
    }

    private static Comparator<TopicPartition> inOrder() {
        return Comparator.comparing(TopicPartition::topic)
                .thenComparingInt(TopicPartition::partition);
    }
}
