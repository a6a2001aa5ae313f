package io.moldau.metadata;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Makes one image out of another. What is not touched stays shared.
final class ImageEdit {
    private final ClusterImage base;
    private String clusterId;
    private int featureLevel;
    private long lastNodeEpoch;
    private long nextProducerId;
    private PMap<Integer, NodeImage> nodes;
    private PMap<String, TopicImage> topics;
    private PMap<Uuid, TopicImage> topicsById;
    private PMap<String, String> dottedNames;
    private PMap<ConfigResource, PMap<String, String>> configs;
    private PMap<String, GroupImage> groups;

    ImageEdit(ClusterImage base) {
        this.base = base;
        var parts = base.parts();
        clusterId = parts.clusterId();
        featureLevel = parts.featureLevel();
        lastNodeEpoch = parts.lastNodeEpoch();
        nextProducerId = parts.nextProducerId();
        nodes = parts.nodes();
        topics = parts.topics();
        topicsById = parts.topicsById();
        dottedNames = parts.dottedNames();
        configs = parts.configs();
        groups = parts.groups();
    }

    /// '.' and '_' are the same in the names of metrics, hence topics that differ in nothing else
    /// may not stand side by side.
    static @Nullable String dottedKey(String topic) {
        return topic.indexOf('.') < 0 && topic.indexOf('_') < 0 ? null : topic.replace('.', '_');
    }

    ImageEdit clusterId(String id) {
        clusterId = id;
        return this;
    }

    ImageEdit featureLevel(int level) {
        featureLevel = level;
        return this;
    }

    ImageEdit lastNodeEpoch(long epoch) {
        lastNodeEpoch = epoch;
        return this;
    }

    ImageEdit nextProducerId(long id) {
        nextProducerId = id;
        return this;
    }

    ImageEdit put(NodeImage node) {
        nodes = nodes.plus(node.id(), node);
        return this;
    }

    ImageEdit removeNode(int id) {
        nodes = nodes.minus(id);
        return this;
    }

    /// The topic as edited so far.
    @Nullable TopicImage topic(String name) {
        return topics.get(name);
    }

    ImageEdit put(TopicImage topic) {
        topics = topics.plus(topic.name(), topic);
        topicsById = topicsById.plus(topic.id(), topic);
        var key = dottedKey(topic.name());
        if (key != null && !Objects.equals(dottedNames.get(key), topic.name())) {
            dottedNames = dottedNames.plus(key, topic.name());
        }
        return this;
    }

    ImageEdit remove(TopicImage topic) {
        topics = topics.minus(topic.name());
        topicsById = topicsById.minus(topic.id());
        var key = dottedKey(topic.name());
        if (key != null) {
            dottedNames = dottedNames.minus(key);
        }
        configs = configs.minus(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
        return this;
    }

    ImageEdit configs(ConfigResource resource, Map<String, String> overrides) {
        configs =
                overrides.isEmpty()
                        ? configs.minus(resource)
                        : configs.plus(resource, HashTreePMap.from(overrides));
        return this;
    }

    ImageEdit put(GroupImage group) {
        groups = groups.plus(group.groupId(), group);
        return this;
    }

    ImageEdit removeGroup(String id) {
        groups = groups.minus(id);
        return this;
    }

    ClusterImage done() {
        var parts =
                new ClusterImage.Parts(
                        clusterId,
                        featureLevel,
                        lastNodeEpoch,
                        nextProducerId,
                        nodes,
                        topics,
                        topicsById,
                        dottedNames,
                        configs,
                        groups);
        return new ClusterImage(parts, base.appliedIndex(), base.controllerId());
    }
}
