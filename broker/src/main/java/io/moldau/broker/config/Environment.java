package io.moldau.broker.config;

import java.util.Map;
import java.util.TreeMap;

/// Settings out of a container's environment variables.
final class Environment {
    private Environment() {}

    static Map<String, String> settings(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith("KAFKA_CFG_")) {
                settings.put(name(variable.substring(10)), value);
            }
        });
        return settings;
    }

    static String name(String tail) {
        return tail.toLowerCase(java.util.Locale.ROOT)
                .replace("___", "-")
                .replace("__", "\0")
                .replace('_', '.')
                .replace('\0', '_');
    }
}
