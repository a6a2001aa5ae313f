package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofBoolean;
import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofType;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// Settings of single groups (KIP-848, KIP-932, KIP-1071) and of client metrics subscriptions
/// (KIP-714). They have no broker settings behind them: what is not set has its default.
public final class ResourceSettings {
    public static final ResourceSettings GROUP =
            new ResourceSettings(
                    "group",
                    ConfigSource.GROUP_CONFIG,
                    List.of(
                            consumer("session.timeout.ms", 45_000, 45_000, 60_000, Words.SESSION),
                            consumer(
                                    "heartbeat.interval.ms", 5_000, 5_000, 15_000, Words.HEARTBEAT),
                            consumer("assignment.interval.ms", 1_000, 0, 15_000, Words.ASSIGNMENT),
                            share("session.timeout.ms", 45_000, 45_000, 60_000, Words.SESSION),
                            share("heartbeat.interval.ms", 5_000, 5_000, 15_000, Words.HEARTBEAT),
                            share(
                                    "record.lock.duration.ms",
                                    30_000,
                                    1_000,
                                    3_600_000,
                                    "How long a record stays with the member that fetched it."),
                            share(
                                    "delivery.count.limit",
                                    5,
                                    2,
                                    10,
                                    "How often a record is delivered before it is given up."),
                            ofType(
                                            "share.auto.offset.reset",
                                            ConfigDef.Type.STRING,
                                            "latest",
                                            "Where a share group begins that has no offset yet: latest,"
                                                    + " earliest or by_duration:<ISO 8601 duration>.")
                                    .allowing(
                                            LambdaValidator.with(
                                                    ResourceSettings::checkReset,
                                                    () ->
                                                            "latest, earliest, by_duration:<duration>"))
                                    .waitingFor(Words.SHARE),
                            ofType(
                                            "share.isolation.level",
                                            ConfigDef.Type.STRING,
                                            "read_uncommitted",
                                            "Whether a share group is given records of transactions that"
                                                    + " are not committed.")
                                    .allowing(ValidString.in("read_committed", "read_uncommitted"))
                                    .waitingFor(Words.SHARE),
                            ofBoolean(
                                            "share.renew.acknowledge.enable",
                                            true,
                                            "Whether a member may ask for more time with a record.")
                                    .waitingFor(Words.SHARE),
                            streams("session.timeout.ms", 45_000, 45_000, 60_000, Words.SESSION),
                            streams("heartbeat.interval.ms", 5_000, 5_000, 15_000, Words.HEARTBEAT),
                            streams("assignment.interval.ms", 1_000, 0, 15_000, Words.ASSIGNMENT),
                            streams(
                                    "num.standby.replicas",
                                    0,
                                    0,
                                    2,
                                    "How many members besides its owner keep a task's state."),
                            streams(
                                    "initial.rebalance.delay.ms",
                                    3_000,
                                    0,
                                    Integer.MAX_VALUE,
                                    "How long a new group waits for more members before its tasks are"
                                            + " given out.")));

    public static final ResourceSettings CLIENT_METRICS =
            new ResourceSettings(
                    "client metrics",
                    ConfigSource.CLIENT_METRICS_CONFIG,
                    List.of(
                            ofInt("interval.ms", 300_000, "How often clients send their metrics.")
                                    .allowing(Range.between(100, 3_600_000))
                                    .waitingFor(Words.TELEMETRY),
                            ofType(
                                            "metrics",
                                            ConfigDef.Type.LIST,
                                            "",
                                            "Prefixes of the metrics that clients send; empty for none, *"
                                                    + " for all.")
                                    .waitingFor(Words.TELEMETRY),
                            ofType(
                                            "match",
                                            ConfigDef.Type.LIST,
                                            "",
                                            "Which clients are meant, as property=regular expression;"
                                                    + " empty for all of them.")
                                    .allowing(
                                            LambdaValidator.with(
                                                    (name, value) ->
                                                            checkMatch(name, (List<?>) value),
                                                    () -> "property=regex,property=regex,..."))
                                    .waitingFor(Words.TELEMETRY)));

    private static final Set<String> CLIENT_PROPERTIES =
            Set.of(
                    "client_instance_id",
                    "client_id",
                    "client_software_name",
                    "client_software_version",
                    "client_source_address",
                    "client_source_port");

    private final String title;
    private final ConfigSource source;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private ResourceSettings(String title, ConfigSource source, List<Setting> settings) {
        this.title = title;
        this.source = source;
        settings.forEach(setting -> this.settings.put(setting.name(), setting));
    }

    private static final class Words {
        static final String SESSION = "A member that is silent for so long is taken for dead.";
        static final String HEARTBEAT = "How often members are told to report.";
        static final String ASSIGNMENT = "The least time between two assignments.";
        static final String CONSUMER = "consumer groups of the new protocol";
        static final String SHARE = "share groups";
        static final String STREAMS = "streams groups";
        static final String TELEMETRY = "client telemetry";

        private Words() {}
    }

    private static Setting consumer(String name, int value, int min, int max, String what) {
        return bounded("consumer." + name, value, min, max, what).waitingFor(Words.CONSUMER);
    }

    private static Setting share(String name, int value, int min, int max, String what) {
        return bounded("share." + name, value, min, max, what).waitingFor(Words.SHARE);
    }

    private static Setting streams(String name, int value, int min, int max, String what) {
        return bounded("streams." + name, value, min, max, what).waitingFor(Words.STREAMS);
    }

    private static Setting bounded(String name, int value, int min, int max, String what) {
        return ofInt(name, value, what).allowing(Range.between(min, max));
    }

    private static void checkReset(String name, Object value) {
        var text = (String) value;
        if (text.equals("latest") || text.equals("earliest")) {
            return;
        }
        try {
            var prefix = "by_duration:";
            if (text.startsWith(prefix)
                    && !Duration.parse(text.substring(prefix.length())).isNegative()) {
                return;
            }
        } catch (DateTimeParseException noDuration) {
            throw refusedReset(name, value);
        }
        throw refusedReset(name, value);
    }

    private static ConfigException refusedReset(String name, Object value) {
        return new ConfigException(
                name, value, "Value must be latest, earliest or by_duration:<duration>");
    }

    private static void checkMatch(String name, List<?> selectors) {
        for (Object selector : selectors) {
            var text = (String) selector;
            int equals = text.indexOf('=');
            if (equals < 0 || !CLIENT_PROPERTIES.contains(text.substring(0, equals).strip())) {
                throw new ConfigException(name, text, "There is no such property of a client");
            }
            try {
                Pattern.compile(text.substring(equals + 1).strip());
            } catch (PatternSyntaxException broken) {
                throw new ConfigException(name, text, broken.getMessage());
            }
        }
    }

    Optional<Setting> find(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /// What a setting is refused with whose name is not known.
    Optional<String> unknown(String name) {
        return settings.containsKey(name)
                ? Optional.empty()
                : Optional.of("Unknown %s config name: %s".formatted(title, name));
    }

    /// What DescribeConfigs tells of a resource with these settings of its own.
    public List<ConfigEntry> describe(Map<String, String> overrides) {
        var entries = new ArrayList<ConfigEntry>();
        for (var setting : settings.values()) {
            var own = Optional.ofNullable(overrides.get(setting.name()));
            var from = own.isPresent() ? source : ConfigSource.DEFAULT_CONFIG;
            var value = own.or(setting::defaultValue);
            entries.add(
                    new ConfigEntry(
                            setting.name(),
                            value,
                            from,
                            ConfigType.valueOf(setting.type().name()),
                            own.isPresent()
                                    ? List.of(
                                            new ConfigEntry.Synonym(setting.name(), value, source))
                                    : List.of(),
                            setting.documentation(),
                            false,
                            false));
        }
        return List.copyOf(entries);
    }
}
