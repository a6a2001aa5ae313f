package io.moldau.broker.config;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/// A topic's setting, and the broker's settings that stand in when the topic has none of its own.
///
/// @param synonyms in the order in which they are asked: the first that is set wins, and the first
///   one's default, unless it has none, counts before the next is asked
record TopicSetting(Setting setting, List<Synonym> synonyms) {
    /// @param unitMs milliseconds of one unit of a time setting, 1 for everything else
    record Synonym(String name, long unitMs) {
        /// The topic's value for the broker's `value`; a negative time means for ever.
        String toTopicUnit(String value) {
            if (unitMs == 1) {
                return value;
            }
            long units = Long.parseLong(value);
            return Long.toString(units < 0 ? -1 : units * unitMs);
        }
    }

    static TopicSetting alone(Setting setting) {
        return new TopicSetting(setting, List.of());
    }

    /// `setting` with the broker's settings behind it, each with its unit.
    static TopicSetting behind(Setting setting, Synonym... synonyms) {
        return new TopicSetting(setting, List.of(synonyms));
    }

    static Synonym plain(String name) {
        return new Synonym(name, 1);
    }

    static Synonym minutes(String name) {
        return new Synonym(name, 60_000);
    }

    static Synonym hours(String name) {
        return new Synonym(name, 3_600_000);
    }

    String name() {
        return setting.name();
    }

    List<String> synonymNames() {
        return synonyms.stream().map(Synonym::name).toList();
    }

    /// What a topic without a value of its own has: the first of the broker's settings that is set
    /// or has a default.
    String fallback(Layers layers) {
        return synonyms.stream()
                .flatMap(synonym -> brokerValue(synonym, layers).stream())
                .findFirst()
                .or(setting::defaultValue)
                .orElseThrow();
    }

    private static Optional<String> brokerValue(Synonym synonym, Layers layers) {
        return SettingTable.broker(synonym.name())
                .flatMap(broker ->
                        layers.value(broker).map(v -> ConfigDef.convertToString(v, broker.type())))
                .map(synonym::toTopicUnit);
    }
}
