package io.moldau.chaos.report;

import java.util.Locale;

/// Text as a page has it.
final class Html {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private Html() {}

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /// A count with thin spaces between thousands.
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', '\u202f');
    }

    /// A time that a person takes in at a glance.
    static String time(long nanos) {
        if (nanos < SECOND) {
            return Math.round((double) nanos / MILLI) + " ms";
        }
        if (nanos < 2 * MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", (double) nanos / SECOND);
        }
        if (nanos < 120 * MINUTE) {
            return String.format(
                    Locale.ROOT, "%d min %02d s", nanos / MINUTE, nanos % MINUTE / SECOND);
        }
        return String.format(
                Locale.ROOT, "%d h %02d min", nanos / (60 * MINUTE), nanos / MINUTE % 60);
    }

    /// A moment of the run: minutes and seconds since its beginning.
    static String moment(long nanos) {
        long seconds = nanos / SECOND;
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
