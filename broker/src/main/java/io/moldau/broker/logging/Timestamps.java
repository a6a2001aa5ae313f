package io.moldau.broker.logging;

import java.time.LocalDate;

/// ISO-8601 times in UTC, without the formatter that would cost a start its milliseconds.
final class Timestamps {
    private static final long DAY_MS = 86_400_000;

    private Timestamps() {}

    /// Appends `2026-11-21T09:30:00.123Z`.
    static void append(StringBuilder out, long timeMs) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(timeMs, DAY_MS));
        int ofDay = (int) Math.floorMod(timeMs, DAY_MS);
        digits(out, date.getYear(), 4).append('-');
        digits(out, date.getMonthValue(), 2).append('-');
        digits(out, date.getDayOfMonth(), 2).append('T');
        digits(out, ofDay / 3_600_000, 2).append(':');
        digits(out, ofDay / 60_000 % 60, 2).append(':');
        digits(out, ofDay / 1_000 % 60, 2).append('.');
        digits(out, ofDay % 1_000, 3).append('Z');
    }

    private static StringBuilder digits(StringBuilder out, int number, int width) {
        String text = Integer.toString(number);
        return out.repeat('0', Math.max(0, width - text.length())).append(text);
    }
}
