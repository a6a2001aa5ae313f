package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.log.LogConfig;
import io.moldau.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;

/// The settings as they are at this moment: what the node was started with, and over it what was
/// changed while running. Read by any thread.
public final class LiveConfig {
    /// What a new image means for those who hold settings.
    sealed interface Change {
        record Nothing() implements Change {}

        record Broker() implements Change {}

        record Topics(List<String> names) implements Change {}
    }

    private static final ConfigResource ALL_NODES =
            new ConfigResource(ConfigResource.Type.BROKER, "");

    private final ConfigResource thisNode;
    private volatile BrokerConfig broker;
    private volatile ClusterImage image;

    LiveConfig(BrokerConfig started, ClusterImage image) {
        this.thisNode =
                new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(started.nodeId()));
        this.image = image;
        this.broker = started.with(image.configs(ALL_NODES), image.configs(thisNode));
    }

    public BrokerConfig broker() {
        return broker;
    }

    /// The settings of a topic's logs.
    public LogConfig topic(String name) {
        return broker.topic(image.configs(topicResource(name)));
    }

    private static ConfigResource topicResource(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    /// Takes over the image and tells what changed. Called on the apply thread.
    Change onPublished(ClusterImage before, ClusterImage after) {
        image = after;
        if (isChanged(ALL_NODES, before, after) || isChanged(thisNode, before, after)) {
            broker = broker.with(after.configs(ALL_NODES), after.configs(thisNode));
            return new Change.Broker();
        }
        List<String> topics = new ArrayList<>();
        for (var resource : after.configChangesSince(before)) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                topics.add(resource.name());
            }
        }
        return topics.isEmpty() ? new Change.Nothing() : new Change.Topics(topics);
    }

    private static boolean isChanged(
            ConfigResource resource, ClusterImage before, ClusterImage after) {
        Map<String, String> old = before.configs(resource);
        return !old.equals(after.configs(resource));
    }
}
