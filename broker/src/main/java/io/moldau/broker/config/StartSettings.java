package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/// What a node is started with, gathered from its sources and checked.
///
/// @param settings the known settings as they were written, without blanks around them
record StartSettings(Map<String, String> settings, List<String> warnings) {

    private record Given(String text, String where) {}

    static StartSettings read(Sources sources) {
        Map<String, Given> given = new LinkedHashMap<>();
        Map<String, String> environment = Environment.settings(sources.environment());
        put(given, sources.file(), "the settings file");
        put(given, environment, "the environment");
        put(given, sources.overrides(), "--override");
        agreeOnNodeId(given);
        readDurations(given);
        bindWhatTheEnvironmentAdvertises(given, environment);
        refuseOpenDoors(given);

        Map<String, String> settings = new HashMap<>();
        given.forEach((name, value) ->
                SettingTable.broker(name)
                        .ifPresent(setting -> {
                            check(setting, value);
                            settings.put(name, value.text());
                        }));
        return new StartSettings(Map.copyOf(settings), warnings(given));
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

    /// `quorum.voter.replace.after=10m` says the same as the setting in milliseconds.
    private static void readDurations(Map<String, Given> given) {
        Given withUnit = given.remove(ClusterKeys.REPLACE_AFTER_WITH_UNIT);
        if (withUnit != null) {
            long ms = ClusterKeys.durationMs(ClusterKeys.REPLACE_AFTER_WITH_UNIT, withUnit.text());
            given.put(ClusterKeys.REPLACE_AFTER, new Given(Long.toString(ms), withUnit.where()));
        }
    }

    /// Containers that only say what they advertise listen on the same ports, on every interface.
    private static void bindWhatTheEnvironmentAdvertises(
            Map<String, Given> given, Map<String, String> environment) {
        String advertised = environment.get("advertised.listeners");
        if (advertised == null || given.containsKey("listeners")) {
            return;
        }
        Map<Integer, Listeners.Entry> byPort = new TreeMap<>();
        List<String> bound = new ArrayList<>();
        for (String text : advertised.split(",", -1)) {
            Listeners.Entry entry = Listeners.parse("advertised.listeners", text);
            Listeners.Entry other = byPort.putIfAbsent(entry.port(), entry);
            if (other != null) {
                throw new InvalidSettingException(
                        "advertised.listeners gives port "
                                + entry.port()
                                + " to both "
                                + other.name()
                                + " and "
                                + entry.name()
                                + "; say in listeners where each of them is to be bound.");
            }
            bound.add(entry.name() + "://:" + entry.port());
        }
        given.put("listeners", new Given(String.join(",", bound), "the environment"));
    }

    /// Whoever asks for access control must not get a broker that is open to everyone.
    private static void refuseOpenDoors(Map<String, Given> given) {
        Given authorizer = given.get("authorizer.class.name");
        if (authorizer != null && !authorizer.text().isEmpty()) {
            throw new InvalidSettingException(
                    "authorizer.class.name asks for access control, which is not served yet; leave"
                            + " it out to start a broker that is open to everyone.");
        }
    }

    private static void check(Setting setting, Given given) {
        try {
            setting.parse(given.text());
        } catch (ConfigException refused) {
            String allowed = setting.allowed().map(values -> "; allowed is " + values).orElse("");
            throw new InvalidSettingException(
                    refused.getMessage() + allowed + " (from " + given.where() + ").");
        }
    }

    private static List<String> warnings(Map<String, Given> given) {
        return given.keySet().stream()
                .sorted()
                .flatMap(name -> warning(name, given.get(name).text()).stream())
                .collect(Collectors.toUnmodifiableList());
    }

    private static Optional<String> warning(String name, String text) {
        if (name.equals("authorizer.class.name")) {
            return Optional.empty();
        }
        return SettingTable.broker(name)
                .map(setting -> waiting(setting, text))
                .orElseGet(() ->
                        KafkaKeys.warning(name).or(() -> Optional.of(StrayKeys.warning(name))));
    }

    /// A setting that only matters later is worth a sentence when it differs from the default.
    private static Optional<String> waiting(Setting setting, String text) {
        return setting.deferred()
                .filter(_ -> !setting.defaultValue().equals(Optional.of(text)))
                .map(what -> setting.name() + " has no effect yet: it waits for " + what + ".");
    }
}
