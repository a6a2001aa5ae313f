package io.moldau.broker.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// One node's settings at one moment: immutable, and asked by name.
///
/// Four layers lie over each other: what was changed while running for this node, what was changed
/// for every node, what the node was started with, and the defaults. [#with] gives the snapshot
/// after a change.
public final class BrokerConfig {
    private final Map<String, String> startedWith;
    private final Map<String, String> dynamicDefault;
    private final Map<String, String> dynamicOwn;
    private final List<String> warnings;
    private final List<ListenerSpec> listeners;
    private final Map<String, Object> values;

    private BrokerConfig(
            Map<String, String> startedWith,
            Map<String, String> dynamicDefault,
            Map<String, String> dynamicOwn,
            List<String> warnings,
            List<ListenerSpec> listeners,
            Map<String, Object> values) {
        this.startedWith = startedWith;
        this.dynamicDefault = dynamicDefault;
        this.dynamicOwn = dynamicOwn;
        this.warnings = warnings;
        this.listeners = listeners;
        this.values = values;
    }

    /// Reads and checks everything that the node is started with.
    ///
    /// @throws InvalidSettingException one sentence about the first setting that cannot be followed
    public static BrokerConfig load(Sources sources) {
        StartSettings start = StartSettings.read(sources);
        BrokerConfig config =
                new BrokerConfig(
                        start.settings(),
                        Map.of(),
                        Map.of(),
                        start.warnings(),
                        List.of(),
                        start.values());
        return config.withListeners(
                Listeners.read(
                        config.getList("listeners"),
                        config.getList("advertised.listeners"),
                        config.getString("listener.security.protocol.map"),
                        config.getList("controller.listener.names")));
    }

    /// These settings with the cluster's changes laid over them; what was there of them before
    /// goes. A value that cannot be read, such as one of a newer version, leaves the layer below in
    /// place.
    public BrokerConfig with(Map<String, String> clusterDefault, Map<String, String> own) {
        Map<String, Object> changed = new HashMap<>(values);
        for (Setting setting : SettingTable.broker()) {
            if (setting.updateMode() != UpdateMode.READ_ONLY) {
                changed.put(setting.name(), effective(setting, clusterDefault, own));
            }
        }
        return new BrokerConfig(
                startedWith,
                Map.copyOf(clusterDefault),
                Map.copyOf(own),
                warnings,
                listeners,
                changed);
    }

    /// These settings after the cluster gave this node its number.
    public BrokerConfig withNodeId(int nodeId) {
        Map<String, String> settings = new HashMap<>(startedWith);
        Map<String, Object> changed = new HashMap<>(values);
        for (String name : List.of("node.id", "broker.id")) {
            settings.put(name, Integer.toString(nodeId));
            changed.put(name, nodeId);
        }
        return new BrokerConfig(
                Map.copyOf(settings), dynamicDefault, dynamicOwn, warnings, listeners, changed);
    }

    private BrokerConfig withListeners(List<ListenerSpec> specs) {
        return new BrokerConfig(startedWith, dynamicDefault, dynamicOwn, warnings, specs, values);
    }

    private Object effective(
            Setting setting, Map<String, String> clusterDefault, Map<String, String> own) {
        return Stream.of(own, clusterDefault, startedWith)
                .map(layer -> layer.get(setting.name()))
                .flatMap(text -> setting.read(text).stream())
                .findFirst()
                .or(setting::typedDefault)
                .orElse(null);
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

    public int getInt(String name) {
        return (Integer) value(name);
    }

    public short getShort(String name) {
        return (Short) value(name);
    }

    public long getLong(String name) {
        return (Long) value(name);
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
