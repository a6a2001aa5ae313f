package io.moldau.cli.logging;

import io.moldau.cli.text.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/// One event as one line.
record EventLine(
        long timeMs,
        Level level,
        String logger,
        String thread,
        String message,
        List<KeyValuePair> facts,
        Throwable failure) {
    private static final DateTimeFormatter TEXT_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    /// `2026-01-31 12:00:00.000 WARN fetch fenced topic=orders leaderEpoch=7 (Partition)`.
    String asText() {
        var line = new StringBuilder(160);
        line.append(TEXT_TIME.format(Instant.ofEpochMilli(timeMs).atZone(ZoneId.systemDefault())));
        line.append(' ').append("%-5s".formatted(level)).append(' ').append(oneLine(message));
        for (var fact : facts) {
            line.append(' ')
                    .append(fact.key)
                    .append('=')
                    .append(quoted(String.valueOf(fact.value)));
        }
        line.append(" (").append(logger.substring(logger.lastIndexOf('.') + 1)).append(')');
        if (failure != null) {
            line.append('\n').append(stackTrace().stripTrailing());
        }
        return line.toString();
    }

    String asJson() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("time", Instant.ofEpochMilli(timeMs).atOffset(ZoneOffset.UTC).toString());
        fields.put("level", level.toString());
        fields.put("logger", logger);
        fields.put("thread", thread);
        fields.put("message", message);
        for (var fact : facts) {
            fields.putIfAbsent(fact.key, plain(fact.value));
        }
        if (failure != null) {
            fields.put("failure", stackTrace());
        }
        return Json.of(fields);
    }

    private static Object plain(Object value) {
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }

    private String stackTrace() {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String quoted(String value) {
        return value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=')
                ? Json.of(value)
                : value;
    }

    private static String oneLine(String message) {
        return message.indexOf('\n') < 0 ? message : message.replace("\n", "\\n");
    }
}
