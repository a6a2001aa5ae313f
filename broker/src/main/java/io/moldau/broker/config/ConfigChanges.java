package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.protocol.Errors;

/// Checks changes of topics' and brokers' settings and works out what is set afterwards.
///
/// A topic's refusals carry INVALID_CONFIG and a broker's INVALID_REQUEST, as Kafka's do.
public final class ConfigChanges {
    /// What is changed: which settings there are, what they fall back to, how a refusal is coded.
    private record Target(
            Function<String, Optional<Setting>> settings,
            Function<String, String> fallback,
            Function<String, Optional<String>> refusal,
            Errors error) {}

    private final BrokerConfig broker;

    public ConfigChanges(BrokerConfig broker) {
        this.broker = broker;
    }

    /// IncrementalAlterConfigs of a topic.
    ///
    /// @param current the topic's own settings before the change
    public ConfigChange topic(Map<String, String> current, List<ConfigChange.Step> steps) {
        return conflict(changed(current, steps, topics()));
    }

    /// AlterConfigs of a topic, and the settings of a topic to be created: all of them at once.
    public ConfigChange replaceTopic(Map<String, String> settings) {
        return topic(Map.of(), assignments(settings));
    }

    /// IncrementalAlterConfigs of a broker, or of the default that all brokers share.
    ///
    /// @param current what that layer holds before the change
    public ConfigChange broker(Map<String, String> current, List<ConfigChange.Step> steps) {
        return changed(current, steps, brokers());
    }

    /// AlterConfigs of a broker, or of the default that all brokers share.
    public ConfigChange replaceBroker(Map<String, String> settings) {
        return broker(Map.of(), assignments(settings));
    }

    /// IncrementalAlterConfigs of a group or of a client metrics subscription.
    public static ConfigChange resource(
            ResourceSettings kind, Map<String, String> current, List<ConfigChange.Step> steps) {
        return changed(
                current,
                steps,
                new Target(
                        kind::find,
                        name -> kind.find(name).flatMap(Setting::defaultValue).orElse(""),
                        kind::unknown,
                        Errors.INVALID_CONFIG));
    }

    private static List<ConfigChange.Step> assignments(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(entry -> new ConfigChange.Step(OpType.SET, entry.getKey(), entry.getValue()))
                .toList();
    }

    private Target topics() {
        return new Target(
                name -> SettingTable.topic(name).map(TopicSetting::setting),
                name -> broker.topicValue(name, Map.of()),
                ConfigChanges::unknownTopicSetting,
                Errors.INVALID_CONFIG);
    }

    private Target brokers() {
        return new Target(
                SettingTable::broker,
                name -> String.join(",", broker.getList(name)),
                ConfigChanges::unchangeable,
                Errors.INVALID_REQUEST);
    }

    private static Optional<String> unknownTopicSetting(String name) {
        return SettingTable.topic(name).isPresent()
                ? Optional.empty()
                : Optional.of("Unknown topic config name: " + name);
    }

    private static Optional<String> unchangeable(String name) {
        Optional<Setting> setting = SettingTable.broker(name);
        if (setting.isEmpty()) {
            return Optional.of(
                    KafkaKeys.warning(name).orElse("Unknown broker config name: " + name));
        }
        return setting.filter(known -> known.updateMode() == UpdateMode.READ_ONLY)
                .map(_ ->
                        name
                                + " cannot be changed while the broker runs; set it where"
                                + " the broker is started.");
    }

    private static ConfigChange changed(
            Map<String, String> current, List<ConfigChange.Step> steps, Target target) {
        Set<String> seen = new HashSet<>();
        Map<String, String> settings = new HashMap<>(current);
        for (ConfigChange.Step step : steps) {
            if (!seen.add(step.name())) {
                return new ConfigChange.Refused(
                        Errors.INVALID_REQUEST, step.name() + " is changed twice in one request");
            }
            Optional<ConfigChange.Refused> refused = apply(step, settings, target);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        return new ConfigChange.Accepted(Map.copyOf(settings));
    }

    /// Takes one step on `settings`; deleting what is not set, even an unknown name, is no mistake.
    private static Optional<ConfigChange.Refused> apply(
            ConfigChange.Step step, Map<String, String> settings, Target target) {
        if (step.op() == OpType.DELETE) {
            settings.remove(step.name());
            return Optional.empty();
        }
        if (step.value() == null) {
            return Optional.of(
                    new ConfigChange.Refused(
                            Errors.INVALID_REQUEST, step.name() + " needs a value"));
        }
        Optional<String> refusal = target.refusal().apply(step.name());
        if (refusal.isPresent()) {
            return refusal.map(why -> new ConfigChange.Refused(target.error(), why));
        }
        Setting setting = target.settings().apply(step.name()).orElseThrow();
        if (step.op() != OpType.SET && setting.type() != ConfigDef.Type.LIST) {
            return Optional.of(
                    new ConfigChange.Refused(
                            Errors.INVALID_CONFIG,
                            step.op() + " needs a list, and " + step.name() + " is not one"));
        }
        String value =
                switch (step.op()) {
                    case SET -> step.value().strip();
                    case APPEND -> appended(before(step, settings, target), step.value());
                    case SUBTRACT -> without(before(step, settings, target), step.value());
                    case DELETE -> throw new AssertionError("handled above");
                };
        return check(setting, value)
                .map(why -> new ConfigChange.Refused(target.error(), why))
                .or(() -> {
                    settings.put(step.name(), value);
                    return Optional.empty();
                });
    }

    /// The value that a list is changed from: its own, or what it falls back to.
    private static String before(
            ConfigChange.Step step, Map<String, String> settings, Target target) {
        String own = settings.get(step.name());
        return own != null ? own : target.fallback().apply(step.name());
    }

    private static String appended(String list, String more) {
        Set<String> items = new LinkedHashSet<>(items(list));
        items.addAll(items(more));
        return String.join(",", items);
    }

    private static String without(String list, String less) {
        List<String> items = new ArrayList<>(items(list));
        items.removeAll(items(less));
        return String.join(",", items);
    }

    private static List<String> items(String list) {
        return list.isBlank() ? List.of() : List.of(list.strip().split("\\s*,\\s*", -1));
    }

    private static Optional<String> check(Setting setting, String value) {
        try {
            setting.parse(value);
            return Optional.empty();
        } catch (ConfigException refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /// What no single setting of a topic can know to be wrong.
    private ConfigChange conflict(ConfigChange change) {
        if (change instanceof ConfigChange.Accepted(var settings)) {
            long least = Long.parseLong(broker.topicValue("min.compaction.lag.ms", settings));
            long most = Long.parseLong(broker.topicValue("max.compaction.lag.ms", settings));
            if (least > most) {
                return new ConfigChange.Refused(
                        Errors.INVALID_CONFIG,
                        "min.compaction.lag.ms=%d is above max.compaction.lag.ms=%d"
                                .formatted(least, most));
            }
        }
        return change;
    }

    /// @return the refusal of one topic setting, as a sentence
    public static Optional<String> checkTopic(String name, String value) {
        return unknownTopicSetting(name)
                .or(() -> check(SettingTable.topic(name).orElseThrow().setting(), value));
    }
}
