package io.moldau.broker.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/// A broker's settings as texts, in the layers that they came from, uppermost first.
///
/// @param own changed while running, for this node
/// @param clusterDefault changed while running, for every node
/// @param startedWith file, environment and `--override`
record Layers(
        Map<String, String> own,
        Map<String, String> clusterDefault,
        Map<String, String> startedWith) {

    private record Layer(ConfigSource source, Map<String, String> settings) {}

    private List<Layer> changeable() {
        return List.of(
                new Layer(ConfigSource.DYNAMIC_BROKER_CONFIG, own),
                new Layer(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, clusterDefault),
                new Layer(ConfigSource.STATIC_BROKER_CONFIG, startedWith));
    }

    /// The typed value in force; empty for a setting that is not set. A changed value that cannot
    /// be read, such as one of a newer version, leaves the layer below in force.
    Optional<Object> value(Setting setting) {
        Stream<Map<String, String>> asked =
                setting.updateMode() == UpdateMode.READ_ONLY
                        ? Stream.of(startedWith)
                        : Stream.of(own, clusterDefault, startedWith);
        return asked.flatMap(layer -> setting.read(layer.get(setting.name())).stream())
                .findFirst()
                .or(setting::typedDefault);
    }

    /// Every place where the first of `names` could take its value from.
    ///
    /// As in Kafka the list is by layer, then by name, and begins where the first name does: while
    /// `log.retention.ms` is nowhere set, `log.retention.hours` is not named as its synonym.
    List<ConfigEntry.Synonym> synonyms(List<String> names) {
        Stream<ConfigEntry.Synonym> given =
                changeable().stream()
                        .flatMap(layer ->
                                names.stream()
                                        .filter(layer.settings()::containsKey)
                                        .map(name -> synonym(name, layer)));
        Stream<ConfigEntry.Synonym> defaults =
                names.stream()
                        .flatMap(name -> SettingTable.broker(name).stream())
                        .filter(setting -> setting.defaultValue().isPresent())
                        .map(Layers::byDefault);
        return Stream.concat(given, defaults)
                .dropWhile(synonym -> !synonym.name().equals(names.getFirst()))
                .toList();
    }

    private static ConfigEntry.Synonym synonym(String name, Layer layer) {
        return new ConfigEntry.Synonym(
                name, Optional.of(layer.settings().get(name)), layer.source());
    }

    private static ConfigEntry.Synonym byDefault(Setting setting) {
        return new ConfigEntry.Synonym(
                setting.name(), setting.defaultValue(), ConfigSource.DEFAULT_CONFIG);
    }
}
