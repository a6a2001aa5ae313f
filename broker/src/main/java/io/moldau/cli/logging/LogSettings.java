package io.moldau.cli.logging;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.event.Level;

/// What is logged, how, and where to; one for the process, changed before the node starts.
///
/// Until someone asks for more, nothing is logged: a command says what it has to say itself.
public final class LogSettings {
    /// The two ways to write an event.
    public enum Layout {
        TEXT,
        JSON
    }

    /// The least level of the loggers whose names start with `prefix`; null logs nothing.
    private record Threshold(String prefix, Level least) {}

    private static final Threshold SILENCE = new Threshold("", null);

    private static volatile Layout layout = Layout.TEXT;
    private static volatile List<Threshold> thresholds = List.of(SILENCE);
    private static volatile PrintStream target = System.err;

    private LogSettings() {}

    /// What a broker's operator wants to read: our own events, and of the libraries what worries
    /// them. `MOLDAU_LOG` changes it, as in `debug` or `info,io.moldau.quorum=debug`.
    ///
    /// @throws IllegalArgumentException one sentence about what in `wanted` is no level
    public static void forBroker(Layout chosen, String wanted) {
        var levels = new TreeMap<String, Level>();
        levels.put("", Level.WARN);
        levels.put("io.moldau", Level.INFO);
        // Ratis tells each election and each snapshot as a warning or an information of its own.
        levels.put("org.apache.ratis", Level.ERROR);
        for (var entry : wanted == null ? new String[0] : wanted.split(",", -1)) {
            if (!entry.isBlank()) {
                addWanted(levels, entry.strip());
            }
        }
        apply(chosen, levels);
    }

    private static void addWanted(Map<String, Level> levels, String entry) {
        int equals = entry.indexOf('=');
        var level = level(entry.substring(equals + 1));
        if (equals >= 0) {
            levels.put(entry.substring(0, equals).strip(), level);
        } else {
            levels.put("io.moldau", level);
        }
    }

    private static Level level(String name) {
        try {
            return Level.valueOf(name.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(
                    name + " is no log level; there are error, warn, info, debug and trace.",
                    unknown);
        }
    }

    private static void apply(Layout chosen, Map<String, Level> levels) {
        layout = chosen;
        target =
                new PrintStream(
                        new java.io.FileOutputStream(java.io.FileDescriptor.err),
                        true,
                        StandardCharsets.UTF_8);
        thresholds =
                levels.entrySet().stream()
                        .map(entry -> new Threshold(entry.getKey(), entry.getValue()))
                        .sorted(
                                Comparator.comparingInt((Threshold threshold) ->
                                                threshold.prefix().length())
                                        .reversed())
                        .toList();
    }

    static Layout layout() {
        return layout;
    }

    static PrintStream target() {
        return target;
    }

    static boolean isEnabled(String logger, Level level) {
        for (var threshold : thresholds) {
            if (logger.startsWith(threshold.prefix())) {
                return threshold.least() != null && level.toInt() >= threshold.least().toInt();
            }
        }
        return false;
    }
}
