package io.moldau.broker.config;

import java.util.Collection;
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
                            NetworkSettings.ALL,
                            LogSettings.TOPICS,
                            LogSettings.RECORDS,
                            LogSettings.SEGMENTS,
                            LogSettings.RETENTION,
                            LogSettings.FLUSHING,
                            LogSettings.CLEANER,
                            GroupSettings.ALL));

    private static final Map<String, TopicSetting> TOPIC = topicsByName();

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
