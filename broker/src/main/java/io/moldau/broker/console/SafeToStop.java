package io.moldau.broker.console;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import io.moldau.quorum.QuorumStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/// Whether a node may be stopped now without anybody missing it.
///
/// @param offline partitions that nobody else could lead
/// @param tooFew partitions that would fall below `min.insync.replicas`, or are below it already
///   and would lose one more; `acks=all` is refused there
/// @param quorum why the metadata quorum would be without a majority; empty when it would not
public record SafeToStop(List<String> offline, List<String> tooFew, String quorum) {
    /// More than a person reads; the counts tell the rest.
    private static final int NAMED_MAX = 100;

    /// Judges one node by what the metadata says. Pure.
    ///
    /// @param minInsyncReplicas by topic name
    public static SafeToStop judge(
            int nodeId,
            ClusterImage image,
            QuorumStatus quorum,
            ToIntFunction<String> minInsyncReplicas) {
        var offline = new ArrayList<String>();
        var tooFew = new ArrayList<String>();
        for (var topic : image.topics()) {
            int least = minInsyncReplicas.applyAsInt(topic.name());
            for (int i = 0; i < topic.partitions().size(); i++) {
                var partition = topic.partitions().get(i);
                if (!partition.isr().contains(nodeId)) {
                    continue;
                }
                int left = partition.isr().size() - 1;
                if (left == 0) {
                    offline.add(name(topic, i));
                } else if (left < least && least <= replicas(partition)) {
                    tooFew.add(name(topic, i));
                }
            }
        }
        return new SafeToStop(
                List.copyOf(offline), List.copyOf(tooFew), majority(nodeId, image, quorum));
    }

    private static int replicas(PartitionImage partition) {
        return partition.replicas().size();
    }

    private static String name(TopicImage topic, int partition) {
        return topic.name() + "-" + partition;
    }

    private static String majority(int nodeId, ClusterImage image, QuorumStatus quorum) {
        var voters = quorum.voters().stream().map(QuorumStatus.Replica::id).toList();
        if (!voters.contains(nodeId)) {
            return "";
        }
        long left = voters.stream().filter(id -> id != nodeId && lives(image.node(id))).count();
        int needed = voters.size() / 2 + 1;
        return left >= needed
                ? ""
                : "%d of %d voters would be left, and %d are needed"
                        .formatted(left, voters.size(), needed);
    }

    private static boolean lives(NodeImage node) {
        return node != null && !node.fenced();
    }

    public boolean isSafe() {
        return offline.isEmpty() && tooFew.isEmpty() && quorum.isEmpty();
    }

    /// For the answer to an operator or a script.
    Map<String, Object> asMap() {
        var map = new LinkedHashMap<String, Object>();
        map.put("safe", isSafe());
        map.put("offline", offline.stream().limit(NAMED_MAX).toList());
        map.put("offlineCount", offline.size());
        map.put("belowMinInsyncReplicas", tooFew.stream().limit(NAMED_MAX).toList());
        map.put("belowMinInsyncReplicasCount", tooFew.size());
        map.put("quorum", quorum);
        return map;
    }
}
