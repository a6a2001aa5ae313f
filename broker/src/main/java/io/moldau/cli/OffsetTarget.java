package io.moldau.cli;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/// A place in a partition, as it is written on the command line.
sealed interface OffsetTarget {
    record Earliest() implements OffsetTarget {}

    record Latest() implements OffsetTarget {}

    record At(long offset) implements OffsetTarget {}

    /// From where the reader is; for a reader that is nowhere, back from the end.
    record Shift(long by) implements OffsetTarget {}

    /// The first record that is not older.
    record Since(long timestampMs) implements OffsetTarget {}

    /// @throws CliException it names no place
    static OffsetTarget parse(String text) {
        return switch (text) {
            case "earliest", "beginning" -> new Earliest();
            case "latest", "end" -> new Latest();
            case String time when time.startsWith("@") -> new Since(timestamp(time.substring(1)));
            case String shift when shift.matches("[+-]\\d{1,18}") ->
                    new Shift(Long.parseLong(shift));
            case String offset when offset.matches("\\d{1,18}") -> new At(Long.parseLong(offset));
            default ->
                    throw CliException.usage(
                            "%s is no place in a topic; there are beginning, end, an offset, +N, -N and @TIME."
                                    .formatted(text.isEmpty() ? "An empty text" : text));
        };
    }

    private static long timestamp(String text) {
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        try {
            return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
                    ? Instant.parse(text).toEpochMilli()
                    : LocalDateTime.parse(text)
                            .atZone(ZoneId.systemDefault())
                            .toInstant()
                            .toEpochMilli();
        } catch (DateTimeParseException unreadable) {
            throw CliException.usage(
                    "%s is no time; write milliseconds or 2026-01-31T12:00:00Z.".formatted(text));
        }
    }
}
