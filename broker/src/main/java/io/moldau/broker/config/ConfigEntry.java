package io.moldau.broker.config;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// One line of what DescribeConfigs tells.
///
/// @param value empty when it is not set, or must not be shown
/// @param synonyms from the one in force to the last fallback
public record ConfigEntry(
        String name,
        Optional<String> value,
        ConfigSource source,
        ConfigType type,
        List<Synonym> synonyms,
        String documentation,
        boolean readOnly,
        boolean sensitive) {

    /// A place where the value could come from.
    public record Synonym(String name, Optional<String> value, ConfigSource source) {}
}
