package io.moldau.cli.logging;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// Writes what [LogSettings] lets through.
final class EventLogger extends AbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;

    EventLogger(String name) {
        this.name = name;
    }

    @Override
    public void log(LoggingEvent event) {
        List<KeyValuePair> facts = event.getKeyValuePairs();
        write(
                event.getLevel(),
                event.getMessage(),
                event.getArgumentArray(),
                facts == null ? List.of() : new ArrayList<>(facts),
                event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String message, Object[] arguments, Throwable failure) {
        write(level, message, arguments, List.of(), failure);
    }

    private void write(
            Level level,
            String message,
            Object[] arguments,
            List<KeyValuePair> facts,
            Throwable failure) {
        if (!LogSettings.isEnabled(name, level)) {
            return; // The fluent calls of a logger that was asked before the levels changed.
        }
        var line =
                new EventLine(
                        System.currentTimeMillis(),
                        level,
                        name,
                        Thread.currentThread().getName(),
                        String.valueOf(MessageFormatter.basicArrayFormat(message, arguments)),
                        facts,
                        failure);
        // One call, so that two threads' lines never mix.
        LogSettings.target()
                .println(
                        switch (LogSettings.layout()) {
                            case TEXT -> line.asText();
                            case JSON -> line.asJson();
                        });
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return LogSettings.isEnabled(name, Level.TRACE);
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
        return isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return LogSettings.isEnabled(name, Level.DEBUG);
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
        return isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return LogSettings.isEnabled(name, Level.INFO);
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
        return isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return LogSettings.isEnabled(name, Level.WARN);
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
        return isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return LogSettings.isEnabled(name, Level.ERROR);
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
        return isErrorEnabled();
    }
}
