package io.moldau.broker.config;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All settings by name, the broker's and the topics', in the order in which they are written down.
public final class SettingTable {
    private static final Map<String, Setting> BROKER =
            byName(
                    List.of(
                            NodeSettings.ALL,
                            DiskSettings.ALL,
                            ClusterSettings.ALL,
                            ReplicaSettings.ALL,
                            NetworkSettings.ALL,
                            LogSettings.TOPICS,
                            LogSettings.RECORDS,
                            LogSettings.SEGMENTS,
                            LogSettings.RETENTION,
                            LogSettings.FLUSHING,
                            CleanerSettings.WORK,
                            CleanerSettings.TOPICS,
                            GroupSettings.ALL));

    private static final Map<String, TopicSetting> TOPIC = topicsByName();

    private static final Map<String, List<String>> FALLBACKS = fallbacks();

    private SettingTable() {}

    public static Optional<Setting> broker(String name) {
        return Optional.ofNullable(BROKER.get(name));
    }

    public static Collection<Setting> broker() {
        return BROKER.values();
    }

    static Optional<TopicSetting> topic(String name) {
        return Optional.ofNullable(TOPIC.get(name));
    }

    static Collection<TopicSetting> topic() {
        return TOPIC.values();
    }

    /// `name` and the settings that stand in for it while it is not set.
    static List<String> fallbacks(String name) {
        return FALLBACKS.getOrDefault(name, List.of(name));
    }

    /// The tails of the topics' lists of synonyms: what follows a name there stands in for it.
    private static Map<String, List<String>> fallbacks() {
        Map<String, List<String>> tails = new HashMap<>();
        for (TopicSetting topic : TOPIC.values()) {
            List<String> names = topic.synonymNames();
            for (int i = 0; i < names.size(); i++) {
                tails.put(names.get(i), names.subList(i, names.size()));
            }
        }
        return tails;
    }

    private static Map<String, Setting> byName(List<List<Setting>> themes) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        themes.stream().flatMap(List::stream).forEach(s -> settings.put(s.name(), s));
        return settings;
    }

    private static Map<String, TopicSetting> topicsByName() {
        Map<String, TopicSetting> settings = new LinkedHashMap<>();
        TopicSettings.ALL.forEach(s -> settings.put(s.name(), s));
        return settings;
    }
}
