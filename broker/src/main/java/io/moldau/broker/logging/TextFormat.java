package io.moldau.broker.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/// `2026-11-21T09:30:00.123Z WARN broker.net message key=value …`, for people.
///
/// What comes from outside cannot forge a line: control characters are written as escapes. A
/// failure's stack trace follows on lines of its own.
final class TextFormat implements EventFormat {
    private static final String OURS = "io.moldau.";
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private final boolean colour;

    TextFormat(boolean colour) {
        this.colour = colour;
    }

    @Override
    public String format(Event event) {
        StringBuilder line = new StringBuilder(160);
        paint(line, DIM);
        Timestamps.append(line, event.timeMs());
        paint(line, PLAIN);
        line.append(' ');
        paint(line, colourOf(event.level()));
        String level = event.level().name();
        line.append(level).repeat(' ', 5 - level.length());
        paint(line, PLAIN);
        line.append(' ').append(place(event.logger())).append("  ");
        escape(line, event.message());
        for (KeyValuePair fact : event.facts()) {
            line.append(' ');
            paint(line, DIM);
            escape(line, fact.key);
            line.append('=');
            paint(line, PLAIN);
            value(line, String.valueOf(fact.value));
        }
        line.append('\n');
        event.failure().ifPresent(failure -> line.append(stackTrace(failure)));
        return line.toString();
    }

    /// Our own events are placed by their room, everybody else's by their full name.
    private static String place(String logger) {
        int end = logger.lastIndexOf('.');
        return logger.startsWith(OURS) && end > OURS.length()
                ? logger.substring(OURS.length(), end)
                : logger;
    }

    private static void value(StringBuilder line, String value) {
        boolean quoted =
                value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=');
        if (!quoted) {
            escape(line, value);
            return;
        }
        line.append('"');
        escape(line, value.replace("\\", "\\\\").replace("\"", "\\\""));
        line.append('"');
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }

    private static String colourOf(Level level) {
        return switch (level) {
            case ERROR -> "\033[31m";
            case WARN -> "\033[33m";
            case INFO -> "\033[32m";
            case DEBUG, TRACE -> DIM;
        };
    }

    private void paint(StringBuilder line, String code) {
        if (colour) {
            line.append(code);
        }
    }

    static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
