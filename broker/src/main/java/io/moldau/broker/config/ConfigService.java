package io.moldau.broker.config;

import io.moldau.log.LogConfig;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.ImageListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigResource;

/// The settings in force at this moment: what the node was started with, and over it what the
/// cluster has changed since. Any thread may ask.
///
/// To be told of each image before those who act on it, so that whoever opens a log because of an
/// image finds that image's settings.
public final class ConfigService implements ImageListener {
    private static final ConfigResource ALL_NODES =
            new ConfigResource(ConfigResource.Type.BROKER, "");

    private final BrokerConfig startedWith;
    private final ConfigResource thisNode;
    private final List<Consumer<BrokerConfig>> brokerListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> topicListeners = new CopyOnWriteArrayList<>();
    private volatile BrokerConfig current;
    private volatile ClusterImage image;

    /// @param startedWith with the node id that the cluster knows
    public ConfigService(BrokerConfig startedWith) {
        this.startedWith = startedWith;
        thisNode =
                new ConfigResource(
                        ConfigResource.Type.BROKER, Integer.toString(startedWith.nodeId()));
        current = startedWith;
        image = ClusterImage.empty();
    }

    /// Takes over the image that the node starts with; tells no listener.
    public void start(ClusterImage first) {
        image = first;
        current = overlaid(first);
    }

    /// Registers who is told, on the thread that applies metadata, of every change of the broker's
    /// own settings. A topic's settings may follow from them.
    public void onBrokerConfigChanged(Consumer<BrokerConfig> listener) {
        brokerListeners.add(listener);
    }

    /// Registers who is told, on the thread that applies metadata, which topic's own settings
    /// changed.
    public void onTopicConfigChanged(Consumer<String> listener) {
        topicListeners.add(listener);
    }

    @Override
    public void published(ClusterImage before, ClusterImage after) {
        image = after;
        boolean brokerChanged = false;
        for (var resource : after.configChangesSince(before)) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                topicListeners.forEach(listener -> listener.accept(resource.name()));
            }
            brokerChanged |= resource.equals(ALL_NODES) || resource.equals(thisNode);
        }
        if (brokerChanged) {
            var changed = overlaid(after);
            current = changed;
            brokerListeners.forEach(listener -> listener.accept(changed));
        }
    }

    private BrokerConfig overlaid(ClusterImage from) {
        return startedWith.with(from.configs(ALL_NODES), from.configs(thisNode));
    }

    /// The broker's settings in force.
    public BrokerConfig current() {
        return current;
    }

    /// What a topic sets for itself; empty for a topic that does not exist.
    public Map<String, String> overridesOf(String topic) {
        return image.configs(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }

    /// How many replicas of a topic must be in sync before `acks=all` is accepted.
    public int minInsyncReplicas(String topic) {
        return current.minInsyncReplicas(overridesOf(topic));
    }

    /// What the logs of a topic follow.
    public LogConfig logConfig(String topic) {
        return current.topic(overridesOf(topic));
    }
}
