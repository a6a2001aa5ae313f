package io.moldau.broker.logging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/// Hands events of `java.util.logging`, which gRPC writes to, on to our log.
///
/// The JDK makes an instance of [Setup] when that log is first used ([Logging#install]), so a start
/// that never uses it pays nothing.
public final class JdkLogForwarding extends Handler {
    private static final SimpleFormatter FORMATTER = new SimpleFormatter();

    /// The whole configuration of the JDK's log: one handler, from the level that is our usual one.
    public static final class Setup {
        private static final String LINES =
                "handlers=" + JdkLogForwarding.class.getName() + "\n.level=INFO\n";

        /// Called by the JDK.
        public Setup() throws IOException {
            LogManager.getLogManager()
                    .readConfiguration(
                            new ByteArrayInputStream(LINES.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void publish(LogRecord event) {
        String name = event.getLoggerName() == null ? Levels.ROOT : event.getLoggerName();
        LoggerFactory.getLogger(name)
                .atLevel(level(event.getLevel()))
                .setCause(event.getThrown())
                .log(FORMATTER.formatMessage(event));
    }

    private static org.slf4j.event.Level level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        return value >= Level.INFO.intValue()
                ? org.slf4j.event.Level.INFO
                : org.slf4j.event.Level.DEBUG;
    }

    @Override
    public void flush() {
        // Every event is written at once.
    }

    @Override
    public void close() {
        // The error stream stays open.
    }
}
