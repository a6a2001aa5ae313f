package io.moldau.broker.partition;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// How fast replicas out of sync may catch up, so that moving partitions leaves room for clients.
/// By Kafka's settings, as `kafka-reassign-partitions --throttle` sets them.
///
/// @param overridesOf a topic's own settings, by its name
/// @param leaderRate `leader.replication.throttled.rate`, bytes a second
/// @param followerRate `follower.replication.throttled.rate`, bytes a second
public record ReplicationQuotas(
        Function<String, Map<String, String>> overridesOf,
        LongSupplier leaderRate,
        LongSupplier followerRate) {
    static final ReplicationQuotas NONE =
            new ReplicationQuotas(_ -> Map.of(), () -> Long.MAX_VALUE, () -> Long.MAX_VALUE);

    private static final String LEADER = "leader.replication.throttled.replicas";
    private static final String FOLLOWER = "follower.replication.throttled.replicas";

    /// Whether `nodeId`, as a leader of the partition, counts what it sends.
    boolean boundsLeader(String topic, int partition, int nodeId) {
        return names(overridesOf.apply(topic).get(LEADER), partition, nodeId);
    }

    /// Whether `nodeId`, as a follower of the partition, counts what it takes.
    boolean boundsFollower(String topic, int partition, int nodeId) {
        return names(overridesOf.apply(topic).get(FOLLOWER), partition, nodeId);
    }

    private static boolean names(String replicas, int partition, int nodeId) {
        if (replicas == null || replicas.isBlank()) {
            return false;
        }
        var replica = partition + ":" + nodeId;
        return replicas.strip().equals("*")
                || Arrays.stream(replicas.split(",", -1))
                        .anyMatch(listed -> listed.strip().equals(replica));
    }
}
