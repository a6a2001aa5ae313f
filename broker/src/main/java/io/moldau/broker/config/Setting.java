package io.moldau.broker.config;

import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/// One setting of the table: what it is called, what it may be, and what it does.
///
/// @param defaultValue empty when leaving it out means "not set", which Kafka shows as null
/// @param allowed refuses, in Kafka's words, what the type alone would let pass
/// @param documentation our own sentence; DescribeConfigs and `docs/settings.md` show it
/// @param deferred empty for a setting that is honoured; otherwise what it waits for, such as
///   "tiered storage": the value is kept and shown, and has no effect until then
public record Setting(
        String name,
        ConfigDef.Type type,
        Optional<String> defaultValue,
        Optional<Validator> allowed,
        String documentation,
        UpdateMode updateMode,
        Optional<String> deferred) {

    static Setting ofType(
            String name, ConfigDef.Type type, Object defaultValue, String documentation) {
        return new Setting(
                name,
                type,
                Optional.of(defaultValue.toString()),
                Optional.empty(),
                documentation,
                UpdateMode.READ_ONLY,
                Optional.empty());
    }

    /// A setting that is not set unless somebody sets it.
    static Setting unset(String name, ConfigDef.Type type, String documentation) {
        return new Setting(
                name,
                type,
                Optional.empty(),
                Optional.empty(),
                documentation,
                UpdateMode.READ_ONLY,
                Optional.empty());
    }

    static Setting ofInt(String name, int defaultValue, String documentation) {
        return ofType(name, ConfigDef.Type.INT, defaultValue, documentation);
    }

    static Setting ofLong(String name, long defaultValue, String documentation) {
        return ofType(name, ConfigDef.Type.LONG, defaultValue, documentation);
    }

    static Setting ofBoolean(String name, boolean defaultValue, String documentation) {
        return ofType(name, ConfigDef.Type.BOOLEAN, defaultValue, documentation);
    }

    Setting allowing(Validator values) {
        return new Setting(
                name, type, defaultValue, Optional.of(values), documentation, updateMode, deferred);
    }

    Setting clusterWide() {
        return new Setting(
                name,
                type,
                defaultValue,
                allowed,
                documentation,
                UpdateMode.CLUSTER_WIDE,
                deferred);
    }

    /// Kept and shown, without effect until what it waits for is there.
    Setting waitingFor(String what) {
        return new Setting(
                name, type, defaultValue, allowed, documentation, updateMode, Optional.of(what));
    }

    boolean sensitive() {
        return type == ConfigDef.Type.PASSWORD;
    }

    /// The typed value of `text`.
    ///
    /// @throws ConfigException in Kafka's words: the name, the value and what is allowed
    Object parse(String text) {
        Object value = ConfigDef.parseType(name, text, type);
        allowed.ifPresent(validator -> validator.ensureValid(name, value));
        return value;
    }

    Optional<Object> typedDefault() {
        return defaultValue.map(this::parse);
    }

    /// The typed value of `text`; empty if there is none, or it cannot be read.
    Optional<Object> read(String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(text));
        } catch (ConfigException unreadable) {
            return Optional.empty();
        }
    }
}
