package io.moldau.broker.logging;

import java.util.Set;
import org.slf4j.event.KeyValuePair;

/// One JSON object a line, for machines: `time`, `level`, `logger`, `thread`, `message`, then the
/// event's own keys, then `error` and `stack` of a failure.
final class JsonFormat implements EventFormat {
    private static final Set<String> OWN_KEYS =
            Set.of("time", "level", "logger", "thread", "message", "error", "stack");

    @Override
    public String format(Event event) {
        StringBuilder line = new StringBuilder(256).append("{\"time\":\"");
        Timestamps.append(line, event.timeMs());
        line.append("\",\"level\":\"").append(event.level().name()).append('"');
        text(line, "logger", event.logger());
        text(line, "thread", event.thread());
        text(line, "message", event.message());
        for (KeyValuePair fact : event.facts()) {
            fact(line, fact);
        }
        event.failure()
                .ifPresent(failure -> {
                    text(line, "error", failure.toString());
                    text(line, "stack", TextFormat.stackTrace(failure));
                });
        return line.append("}\n").toString();
    }

    private static void fact(StringBuilder line, KeyValuePair fact) {
        // Two equal keys in one object would leave it to the reader which one counts.
        String key = OWN_KEYS.contains(fact.key) ? "_" + fact.key : fact.key;
        switch (fact.value) {
            case Integer number -> raw(line, key, number);
            case Long number -> raw(line, key, number);
            case Short number -> raw(line, key, number);
            case Boolean truth -> raw(line, key, truth);
            case null -> raw(line, key, "null");
            case Object other -> text(line, key, other.toString());
        }
    }

    private static void raw(StringBuilder line, String key, Object value) {
        line.append(',');
        quoted(line, key);
        line.append(':').append(value);
    }

    private static void text(StringBuilder line, String key, String value) {
        line.append(',');
        quoted(line, key);
        line.append(':');
        quoted(line, value);
    }

    private static void quoted(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
