package io.moldau.broker.logging;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/// The format and the levels of the log.
///
/// At start they come from the environment or the system properties of the same meaning:
/// `MOLDAU_LOG_FORMAT` (`moldau.log.format`) is `text` or `json`; `MOLDAU_LOG_LEVEL`
/// (`moldau.log.level`) is a level, or a list such as `warn,io.moldau.quorum=debug`.
public final class Logging {
    /// How an event is written.
    public enum Format {
        TEXT,
        JSON
    }

    private static final Pattern COMMA = Pattern.compile(",");

    private static final Levels LEVELS = new Levels();
    private static final Output OUTPUT = new Output(startFormat());

    static {
        setLevels(given("moldau.log.level", "MOLDAU_LOG_LEVEL"));
    }

    private Logging() {}

    /// Brings in what libraries write through `java.util.logging`. To be called once, before them.
    public static void install() {
        System.setProperty(
                "java.util.logging.config.class", JdkLogForwarding.Setup.class.getName());
    }

    static Logger logger(String name) {
        return LEVELS.logger(name, OUTPUT);
    }

    public static void setFormat(Format format) {
        OUTPUT.format(format);
    }

    /// The loggers that there are, by name, and `root`.
    public static Map<String, Threshold> levels() {
        Map<String, Threshold> levels = new TreeMap<>();
        levels.put(Levels.ROOT, LEVELS.thresholdOf(Levels.ROOT));
        LEVELS.loggers().forEach((name, logger) -> levels.put(name, logger.threshold()));
        return levels;
    }

    /// @param logger a name, of which all that begin with it follow, or `root`
    /// @param threshold empty to undo an earlier one
    public static void setLevel(String logger, Optional<Threshold> threshold) {
        LEVELS.set(logger, threshold);
    }

    /// @param levels as in `MOLDAU_LOG_LEVEL`; what is no level is passed over
    public static void setLevels(String levels) {
        COMMA.splitAsStream(levels)
                .map(String::strip)
                .forEach(level -> {
                    int equals = level.indexOf('=');
                    String name = equals < 0 ? Levels.ROOT : level.substring(0, equals);
                    Threshold.of(level.substring(equals + 1))
                            .ifPresent(known -> LEVELS.set(name, Optional.of(known)));
                });
    }

    private static Format startFormat() {
        return given("moldau.log.format", "MOLDAU_LOG_FORMAT").equalsIgnoreCase("json")
                ? Format.JSON
                : Format.TEXT;
    }

    private static String given(String property, String variable) {
        String value = System.getProperty(property, System.getenv(variable));
        return value == null ? "" : value.strip();
    }
}
