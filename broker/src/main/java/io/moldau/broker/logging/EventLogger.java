package io.moldau.broker.logging;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// One named logger. Markers are of no interest.
final class EventLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;

    private final transient Output output;
    private volatile Threshold threshold;

    EventLogger(String name, Output output, Threshold threshold) {
        this.name = name;
        this.output = output;
        this.threshold = threshold;
    }

    Threshold threshold() {
        return threshold;
    }

    void threshold(Threshold changed) {
        threshold = changed;
    }

    @Override
    public boolean isTraceEnabled() {
        return threshold.lets(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return threshold.lets(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return threshold.lets(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return threshold.lets(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return threshold.lets(Level.ERROR);
    }

    /// An event with keys and values; SLF4J has asked for its level already.
    @Override
    public void log(LoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        write(
                event.getLevel(),
                MessageFormatter.basicArrayFormat(event.getMessage(), arguments),
                Objects.requireNonNullElse(event.getKeyValuePairs(), List.of()),
                event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable failure) {
        write(level, MessageFormatter.basicArrayFormat(pattern, arguments), List.of(), failure);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return EventLogger.class.getName();
    }

    private void write(Level level, String message, List<KeyValuePair> facts, Throwable failure) {
        output.write(
                new Event(
                        System.currentTimeMillis(),
                        level,
                        name,
                        Thread.currentThread().getName(),
                        String.valueOf(message),
                        facts,
                        Optional.ofNullable(failure)));
    }
}
