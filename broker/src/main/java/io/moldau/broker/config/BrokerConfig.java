package io.moldau.broker.config;

import io.moldau.log.LogConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One node's settings at one moment: immutable, and asked by name.
///
/// Four layers lie over each other: what was changed while running for this node, what was changed
/// for every node, what the node was started with, and the defaults. [#with] gives the snapshot
/// after a change.
public final class BrokerConfig {
    private final Layers layers;
    private final List<String> warnings;
    private final List<ListenerSpec> listeners;
    private final Map<String, Object> values;
    private final LogConfig topicDefaults;
    private volatile List<ConfigEntry> plainTopic = List.of();

    private BrokerConfig(Layers layers, List<String> warnings, List<ListenerSpec> listeners) {
        this.layers = layers;
        this.warnings = warnings;
        this.listeners = listeners;
        this.values = values(layers);
        this.topicDefaults = topicDefaults(layers);
    }

    private static Map<String, Object> values(Layers layers) {
        Map<String, Object> values = new HashMap<>();
        for (Setting setting : SettingTable.broker()) {
            layers.value(setting).ifPresent(value -> values.put(setting.name(), value));
        }
        return values;
    }

    private static LogConfig topicDefaults(Layers layers) {
        Map<String, String> settings = new HashMap<>();
        SettingTable.topic().forEach(topic -> settings.put(topic.name(), topic.fallback(layers)));
        String producerExpiry = "producer.id.expiration.ms";
        SettingTable.broker(producerExpiry)
                .flatMap(layers::value)
                .ifPresent(value -> settings.put(producerExpiry, value.toString()));
        return LogConfig.of(settings);
    }

    /// Reads and checks everything that the node is started with.
    ///
    /// @throws InvalidSettingException one sentence about the first setting that cannot be followed
    public static BrokerConfig load(Sources sources) {
        StartSettings start = StartSettings.read(sources);
        Layers layers = new Layers(Map.of(), Map.of(), start.settings());
        BrokerConfig config = new BrokerConfig(layers, start.warnings(), List.of());
        List<ListenerSpec> listeners =
                Listeners.read(
                        config.getList("listeners"),
                        config.getList("advertised.listeners"),
                        config.getString("listener.security.protocol.map"),
                        config.getList("controller.listener.names"));
        BrokerConfig complete = new BrokerConfig(layers, start.warnings(), listeners);
        complete.checkTogether();
        return complete;
    }

    /// What no single setting can know to be wrong.
    private void checkTogether() {
        cluster();
        if (getInt("group.min.session.timeout.ms") > getInt("group.max.session.timeout.ms")) {
            throw new InvalidSettingException(
                    "group.min.session.timeout.ms=%d is above group.max.session.timeout.ms=%d."
                            .formatted(
                                    getInt("group.min.session.timeout.ms"),
                                    getInt("group.max.session.timeout.ms")));
        }
        if (logDirs().isEmpty()) {
            throw new InvalidSettingException("log.dirs is empty; name at least one directory.");
        }
    }

    /// These settings with the cluster's changes laid over them; the changes that were laid over
    /// them before go.
    ///
    /// @param clusterDefault what was changed for every node
    /// @param own what was changed for this node
    public BrokerConfig with(Map<String, String> clusterDefault, Map<String, String> own) {
        return new BrokerConfig(
                new Layers(Map.copyOf(own), Map.copyOf(clusterDefault), layers.startedWith()),
                warnings,
                listeners);
    }

    /// These settings after the cluster gave this node its number.
    public BrokerConfig withNodeId(int nodeId) {
        Map<String, String> settings = new HashMap<>(layers.startedWith());
        settings.put("node.id", Integer.toString(nodeId));
        settings.put("broker.id", Integer.toString(nodeId));
        return new BrokerConfig(
                new Layers(layers.own(), layers.clusterDefault(), Map.copyOf(settings)),
                warnings,
                listeners);
    }

    /// One sentence for each setting that was given and has no effect, or not the one it had.
    public List<String> warnings() {
        return warnings;
    }

    public List<ListenerSpec> listeners() {
        return listeners;
    }

    /// The listener whose advertised address stands for this node where one address must do.
    public ListenerSpec interBrokerListener() {
        Optional<String> name = find("inter.broker.listener.name");
        return listeners.stream()
                .filter(spec -> name.isEmpty() || spec.name().equalsIgnoreCase(name.get()))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidSettingException(
                                "inter.broker.listener.name cannot be "
                                        + name.orElse("")
                                        + ": listeners has no such name."));
    }

    /// This node among the others.
    public ClusterConfig cluster() {
        return ClusterConfig.of(this);
    }

    /// This node's number; -1 when the cluster is to choose.
    public int nodeId() {
        return getInt("node.id");
    }

    public Optional<String> rack() {
        return find("broker.rack");
    }

    /// The cluster that the operator named; empty when any will do.
    public Optional<String> clusterId() {
        return find("moldau.cluster.id");
    }

    public List<Path> logDirs() {
        List<String> dirs = getList("log.dirs");
        return (dirs.isEmpty() ? getList("log.dir") : dirs).stream().map(Path::of).toList();
    }

    public Path metadataDir() {
        return find("metadata.log.dir").map(Path::of).orElseGet(() -> logDirs().getFirst());
    }

    /// What the logs of a topic without settings of its own follow.
    public LogConfig topicDefaults() {
        return topicDefaults;
    }

    /// What the logs of a topic with these settings of its own follow.
    public LogConfig topic(Map<String, String> overrides) {
        LogConfig config = topicDefaults;
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            boolean readable =
                    SettingTable.topic(override.getKey())
                            .flatMap(topic -> topic.setting().read(override.getValue()))
                            .isPresent();
            if (readable) {
                config = config.with(override.getKey(), override.getValue().strip());
            }
        }
        return config;
    }

    /// The value of one topic setting, whether it is the topic's own or the broker's.
    ///
    /// @param name a topic-level name, such as `min.insync.replicas`
    public String topicValue(String name, Map<String, String> overrides) {
        TopicSetting topic =
                SettingTable.topic(name)
                        .orElseThrow(
                                () -> new IllegalArgumentException("no topic setting " + name));
        String own = overrides.get(name);
        return topic.setting().read(own).isPresent() ? own.strip() : topic.fallback(layers);
    }

    /// How many replicas must be in sync before `acks=all` is accepted.
    public int minInsyncReplicas(Map<String, String> overrides) {
        return Integer.parseInt(topicValue("min.insync.replicas", overrides));
    }

    /// What DescribeConfigs tells of this node.
    public List<ConfigEntry> describeBroker() {
        return Describe.broker(layers);
    }

    /// What DescribeConfigs tells of the default that all nodes share.
    public List<ConfigEntry> describeClusterDefault() {
        return Describe.clusterDefault(layers.clusterDefault());
    }

    /// What DescribeConfigs tells of a topic with these settings of its own.
    public List<ConfigEntry> describeTopic(Map<String, String> overrides) {
        return Describe.topic(plainTopic(), layers, overrides);
    }

    /// A topic that sets nothing for itself. Described once: all topics share it but for what they
    /// set.
    private List<ConfigEntry> plainTopic() {
        if (plainTopic.isEmpty()) {
            plainTopic = Describe.plainTopic(layers);
        }
        return plainTopic;
    }

    Layers layers() {
        return layers;
    }

    /// A whole number, whatever width Kafka gives it.
    public int getInt(String name) {
        return Math.toIntExact(getLong(name));
    }

    public short getShort(String name) {
        return (Short) value(name);
    }

    /// Also for settings whose type is narrower.
    public long getLong(String name) {
        return ((Number) value(name)).longValue();
    }

    public double getDouble(String name) {
        return (Double) value(name);
    }

    public boolean getBoolean(String name) {
        return (Boolean) value(name);
    }

    public String getString(String name) {
        return (String) value(name);
    }

    /// @return empty for a list that is not set
    public List<String> getList(String name) {
        Object value = known(name);
        if (value == null) {
            return List.of();
        }
        return ((List<?>) value).stream().map(String.class::cast).toList();
    }

    /// The text of a setting that need not be set.
    public Optional<String> find(String name) {
        return Optional.ofNullable((String) known(name)).filter(text -> !text.isEmpty());
    }

    /// Connections that single addresses may hold, by address or host name.
    public Map<String, Integer> connectionsPerIpOverrides() {
        String name = "max.connections.per.ip.overrides";
        return Checks.connectionsPerHost(name, getString(name));
    }

    private Object value(String name) {
        return Objects.requireNonNull(known(name), () -> name + " is not set");
    }

    private Object known(String name) {
        Object value = values.get(name);
        if (value == null && SettingTable.broker(name).isEmpty()) {
            throw new IllegalArgumentException("there is no setting " + name);
        }
        return value;
    }
}
