package io.moldau.broker.api;

import io.moldau.broker.logging.Logging;
import io.moldau.broker.logging.Threshold;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The loggers of this process and their levels.
public interface LogLevels {
    /// The loggers by name with the levels in force.
    Map<String, String> levels();

    /// Sets the level of a logger and of all below it; with no level they follow their parent
    /// again.
    void set(String logger, Optional<String> level);

    static LogLevels ofThisProcess() {
        return new LogLevels() {
            @Override
            public Map<String, String> levels() {
                var levels = new TreeMap<String, String>();
                Logging.levels().forEach((name, level) -> levels.put(name, level.name()));
                return levels;
            }

            @Override
            public void set(String logger, Optional<String> level) {
                Logging.setLevel(logger, level.flatMap(Threshold::of));
            }
        };
    }
}
