package io.moldau.log.explain;

import java.util.Locale;

/// Times and sizes as people say them: in one unit, the largest that fits.
public final class Amounts {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private Amounts() {}

    public static String time(long ms) {
        if (ms >= 2 * DAY_MS) {
            return in(ms, DAY_MS, "d");
        }
        if (ms >= 2 * HOUR_MS) {
            return in(ms, HOUR_MS, "h");
        }
        if (ms >= 2 * MINUTE_MS) {
            return in(ms, MINUTE_MS, "min");
        }
        return ms >= SECOND_MS ? in(ms, SECOND_MS, "s") : ms + " ms";
    }

    private static String in(long ms, long unitMs, String unit) {
        long tenths = ms / (unitMs / 10);
        return tenths % 10 == 0 || tenths >= 100
                ? "%d %s".formatted(tenths / 10, unit)
                : "%d.%d %s".formatted(tenths / 10, tenths % 10, unit);
    }

    public static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        var digits = String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
        return digits.replaceAll("\\.0$", "") + " " + "KMGT".charAt(unit - 1) + "B";
    }
}
