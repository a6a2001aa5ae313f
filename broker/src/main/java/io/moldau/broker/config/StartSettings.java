package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/// What a node is started with, gathered from its sources and checked.
///
/// @param settings the known settings as they were written, without blanks around them
/// @param values every setting's typed value, defaults included; null for one that is not set
record StartSettings(
        Map<String, String> settings, Map<String, Object> values, List<String> warnings) {

    private record Given(String text, String where) {}

    static StartSettings read(Sources sources) {
        Map<String, Given> given = new LinkedHashMap<>();
        put(given, sources.file(), "the settings file");
        put(given, Environment.settings(sources.environment()), "the environment");
        put(given, sources.overrides(), "--override");
        agreeOnNodeId(given);

        Map<String, String> settings = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        given.forEach((name, value) -> {
            if (SettingTable.broker(name).isPresent()) {
                settings.put(name, value.text());
            }
        });
        return new StartSettings(Map.copyOf(settings), values(given), List.copyOf(warnings));
    }

    private static void put(Map<String, Given> given, Map<String, String> from, String where) {
        from.forEach((name, text) -> given.put(name.strip(), new Given(text.strip(), where)));
    }

    /// `broker.id` is the older name of `node.id`; both show the same number.
    private static void agreeOnNodeId(Map<String, Given> given) {
        Given node = given.get("node.id");
        Given broker = given.get("broker.id");
        if (node != null && broker != null && !node.text().equals(broker.text())) {
            throw new InvalidSettingException(
                    "node.id="
                            + node.text()
                            + " and broker.id="
                            + broker.text()
                            + " name the same thing and must be equal; leave one of them out.");
        }
        Given id = node != null ? node : broker;
        if (id != null) {
            given.put("node.id", id);
            given.put("broker.id", id);
        }
    }

    private static Map<String, Object> values(Map<String, Given> given) {
        Map<String, Object> values = new HashMap<>();
        for (Setting setting : SettingTable.broker()) {
            Given own = given.get(setting.name());
            values.put(
                    setting.name(),
                    own != null ? checked(setting, own) : setting.typedDefault().orElse(null));
        }
        return values;
    }

    private static Object checked(Setting setting, Given given) {
        try {
            return setting.parse(given.text());
        } catch (ConfigException refused) {
            throw new InvalidSettingException(
                    refused.getMessage() + " (from " + given.where() + ").");
        }
    }
}
