package io.moldau.broker.config;

import java.util.Map;

/// Where a broker's settings come from; a later one wins over an earlier one: file, environment,
/// `--override`.
///
/// @param environment the process's whole environment, not yet told apart from settings
public record Sources(
        Map<String, String> file, Map<String, String> environment, Map<String, String> overrides) {

    public static Sources none() {
        return new Sources(Map.of(), Map.of(), Map.of());
    }

    /// Settings as one map, as tests and embedders have them.
    public static Sources of(Map<String, String> settings) {
        return new Sources(settings, Map.of(), Map.of());
    }
}
