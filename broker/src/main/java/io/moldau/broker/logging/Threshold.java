package io.moldau.broker.logging;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.event.Level;

/// From which level on events are written. Kafka's `FATAL` is SLF4J's `ERROR`.
public enum Threshold {
    TRACE(Level.TRACE.toInt()),
    DEBUG(Level.DEBUG.toInt()),
    INFO(Level.INFO.toInt()),
    WARN(Level.WARN.toInt()),
    ERROR(Level.ERROR.toInt()),
    OFF(Integer.MAX_VALUE);

    private final int least;

    Threshold(int least) {
        this.least = least;
    }

    boolean lets(Level level) {
        return level.toInt() >= least;
    }

    public static Optional<Threshold> of(String name) {
        String capitals = name.strip().toUpperCase(Locale.ROOT);
        String known = capitals.equals("FATAL") ? "ERROR" : capitals;
        return Arrays.stream(values()).filter(level -> level.name().equals(known)).findFirst();
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(Threshold::name).toList();
    }
}
