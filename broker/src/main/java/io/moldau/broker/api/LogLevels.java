package io.moldau.broker.api;

import java.util.Map;
import java.util.Optional;

/// The loggers of this process, as far as the logging backend lets them be seen and changed. A
/// level is one of Kafka's words: FATAL, ERROR, WARN, INFO, DEBUG, TRACE.
public interface LogLevels {
    /// The loggers by name with the levels in force.
    Map<String, String> levels();

    /// Sets a logger's level, or with no level lets it follow its parent again.
    void set(String logger, Optional<String> level);

    /// A backend that shows nothing.
    static LogLevels none() {
        return new LogLevels() {
            @Override
            public Map<String, String> levels() {
                return Map.of();
            }

            @Override
            public void set(String logger, Optional<String> level) {
                throw new UnsupportedOperationException("there is no logger to set");
            }
        };
    }
}
