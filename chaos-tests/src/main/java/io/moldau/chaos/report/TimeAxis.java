package io.moldau.chaos.report;

import java.util.concurrent.TimeUnit;

/// Where moments of a run lie from left to right.
///
/// @param lengthNanos of the run; more than none
record TimeAxis(long lengthNanos) {
    static final double LEFT = 132;
    static final double WIDTH = 1180;

    private static final double RIGHT = WIDTH - 20;
    private static final int TICKS_MAX = 13;
    private static final int[] STEPS_SECONDS = {
        1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400
    };

    double x(long nanos) {
        double part = (double) Math.clamp(nanos, 0, lengthNanos) / lengthNanos;
        return LEFT + part * (RIGHT - LEFT);
    }

    double xOfSecond(double second) {
        return x((long) (second * 1e9));
    }

    double right() {
        return RIGHT;
    }

    long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(lengthNanos) + 1;
    }

    /// Lines from top to bottom, with their times below.
    void draw(Svg svg, double top, double bottom) {
        int step = stepSeconds();
        for (long second = 0; second <= lengthNanos / 1_000_000_000L; second += step) {
            double x = x(second * 1_000_000_000L);
            svg.line(x, top, x, bottom, "grid");
            svg.text(x, bottom + 16, "middle", "", Html.moment(second * 1_000_000_000L));
        }
    }

    private int stepSeconds() {
        for (int step : STEPS_SECONDS) {
            if (seconds() / step < TICKS_MAX) {
                return step;
            }
        }
        return (int) (seconds() / TICKS_MAX + 1);
    }
}
