package io.moldau.metadata;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/// What a decision about a partition depends on besides the partition: the nodes that are there,
/// and two settings of the topic.
///
/// @param minIsr `min.insync.replicas`: below it the high watermark stands still
/// @param uncleanElections `unclean.leader.election.enable`
record PartitionRules(Map<Integer, NodeImage> nodes, int minIsr, boolean uncleanElections) {
    private static final ConfigResource ALL_NODES =
            new ConfigResource(ConfigResource.Type.BROKER, "");

    /// As the topic's own settings say, or else those for all nodes, or else Kafka's defaults.
    static PartitionRules of(String topic, ClusterImage image) {
        var minIsr = setting(topic, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, image);
        var unclean = setting(topic, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, image);
        return new PartitionRules(image.nodes(), number(minIsr), Boolean.parseBoolean(unclean));
    }

    private static @Nullable String setting(String topic, String name, ClusterImage image) {
        var own = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, topic)).get(name);
        return own == null ? image.configs(ALL_NODES).get(name) : own.strip();
    }

    /// The broker has checked the value; what is none after all counts as the default.
    private static int number(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > 9) {
            return 1;
        }
        int number = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = Character.digit(value.charAt(i), 10);
            if (digit < 0) {
                return 1;
            }
            number = number * 10 + digit;
        }
        return Math.max(1, number);
    }

    /// True if decisions may differ between two sets of overrides.
    static boolean differ(Map<String, String> some, Map<String, String> others) {
        return differ(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, some, others)
                || differ(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, some, others);
    }

    private static boolean differ(
            String name, Map<String, String> some, Map<String, String> others) {
        return !Objects.equals(some.get(name), others.get(name));
    }

    /// The node may lead, and be in an ISR.
    boolean eligible(int nodeId) {
        var node = nodes.get(nodeId);
        return node != null && node.eligible();
    }

    /// The node is there, though it may be about to stop.
    boolean live(int nodeId) {
        var node = nodes.get(nodeId);
        return node != null && !node.fenced();
    }
}
