package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// What DescribeConfigs tells of brokers and topics, sorted by name.
final class Describe {
    private Describe() {}

    static List<ConfigEntry> broker(Layers layers) {
        return SettingTable.broker().stream()
                .map(setting -> entry(setting, layers))
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    private static ConfigEntry entry(Setting setting, Layers layers) {
        List<ConfigEntry.Synonym> synonyms =
                layers.synonyms(SettingTable.fallbacks(setting.name()));
        return entry(
                setting,
                layers.value(setting)
                        .map(value -> ConfigDef.convertToString(value, setting.type())),
                synonyms,
                setting.updateMode() == UpdateMode.READ_ONLY);
    }

    /// Only what was changed for every node, since the nodes' own settings may differ.
    static List<ConfigEntry> clusterDefault(Map<String, String> changed) {
        return SettingTable.broker().stream()
                .filter(setting -> changed.containsKey(setting.name()))
                .map(setting -> clusterDefault(setting, Optional.of(changed.get(setting.name()))))
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    private static ConfigEntry clusterDefault(Setting setting, Optional<String> value) {
        var synonym =
                new ConfigEntry.Synonym(
                        setting.name(), value, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        return entry(setting, value, List.of(synonym), false);
    }

    /// A topic without settings of its own.
    static List<ConfigEntry> plainTopic(Layers layers) {
        return SettingTable.topic().stream()
                .map(topic -> topic(topic, layers, Optional.empty()))
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    /// @param plain what [#plainTopic] gave for these layers
    static List<ConfigEntry> topic(
            List<ConfigEntry> plain, Layers layers, Map<String, String> overrides) {
        return overrides.isEmpty()
                ? plain
                : plain.stream().map(entry -> topic(entry, layers, overrides)).toList();
    }

    private static ConfigEntry topic(
            ConfigEntry plain, Layers layers, Map<String, String> overrides) {
        var own = Optional.ofNullable(overrides.get(plain.name()));
        return own.isEmpty()
                ? plain
                : topic(SettingTable.topic(plain.name()).orElseThrow(), layers, own);
    }

    private static ConfigEntry topic(TopicSetting topic, Layers layers, Optional<String> own) {
        List<ConfigEntry.Synonym> synonyms = new ArrayList<>();
        own.ifPresent(value ->
                synonyms.add(
                        new ConfigEntry.Synonym(
                                topic.name(), Optional.of(value), ConfigSource.TOPIC_CONFIG)));
        if (!topic.synonyms().isEmpty()) {
            synonyms.addAll(layers.synonyms(topic.synonymNames()));
        }
        String value = own.orElseGet(() -> topic.fallback(layers));
        return entry(topic.setting(), Optional.of(value), synonyms, false);
    }

    private static ConfigEntry entry(
            Setting setting,
            Optional<String> value,
            List<ConfigEntry.Synonym> synonyms,
            boolean readOnly) {
        return new ConfigEntry(
                setting.name(),
                setting.sensitive() ? Optional.empty() : value,
                synonyms.isEmpty() ? ConfigSource.DEFAULT_CONFIG : synonyms.getFirst().source(),
                ConfigType.valueOf(setting.type().name()),
                List.copyOf(synonyms),
                setting.documentation(),
                readOnly,
                setting.sensitive());
    }
}
