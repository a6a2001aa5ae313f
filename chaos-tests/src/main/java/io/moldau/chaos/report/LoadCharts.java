package io.moldau.chaos.report;

import io.moldau.chaos.timeline.LoadSample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Throughput, latency and lag, one below the other.
final class LoadCharts {
    private static final double HEIGHT = 96;
    private static final double GAP = 34;

    /// More points than this cannot be told apart.
    private static final int POINTS_MAX = 700;

    private static final double LATENCY_MIN_MS = 0.1;

    private final TimeAxis axis;
    private final List<Column> columns;

    LoadCharts(TimeAxis axis, List<LoadSample> load) {
        this.axis = axis;
        columns = columnsOf(load, (int) (axis.seconds() / POINTS_MAX) + 1);
    }

    /// Some seconds taken together.
    private record Column(
            double second,
            double acknowledged,
            double polled,
            double p50Ms,
            double p99Ms,
            double lag) {}

    private static List<Column> columnsOf(List<LoadSample> load, int seconds) {
        var columns = new ArrayList<Column>();
        for (int i = 0; i < load.size(); i += seconds) {
            var part = load.subList(i, Math.min(load.size(), i + seconds));
            columns.add(
                    new Column(
                            part.getFirst().second() - 0.5,
                            mean(part, LoadSample::acknowledged),
                            mean(part, LoadSample::polled),
                            highest(part, LoadSample::latencyP50Micros) / 1_000,
                            highest(part, LoadSample::latencyP99Micros) / 1_000,
                            highest(part, LoadSample::lag)));
        }
        return columns;
    }

    private static double mean(List<LoadSample> part, ToDoubleFunction<LoadSample> figure) {
        return part.stream().mapToDouble(figure).average().orElse(0);
    }

    private static double highest(List<LoadSample> part, ToDoubleFunction<LoadSample> figure) {
        return part.stream().mapToDouble(figure).max().orElse(0);
    }

    static double height() {
        return 3 * (HEIGHT + GAP);
    }

    void draw(Svg svg, double top) {
        throughput(svg, top + 20);
        latency(svg, top + 20 + HEIGHT + GAP);
        lag(svg, top + 20 + 2 * (HEIGHT + GAP));
    }

    private void throughput(Svg svg, double top) {
        double acknowledged = columns.stream().mapToDouble(Column::acknowledged).max().orElse(0);
        double polled = columns.stream().mapToDouble(Column::polled).max().orElse(0);
        // The last read is off the chart.
        double scale = nice(Math.clamp(polled, acknowledged, acknowledged * 2.2));
        frame(svg, top, "records/s");
        level(svg, top, 1, Html.count(Math.round(scale)));
        level(svg, top, 0.5, Html.count(Math.round(scale / 2)));
        var line = line(top, c -> c.acknowledged() / scale);
        if (!line.isEmpty()) {
            svg.path(
                    line
                            + "L%s %sL%s %sZ"
                                    .formatted(
                                            Svg.number(axis.xOfSecond(columns.getLast().second())),
                                            Svg.number(top + HEIGHT),
                                            Svg.number(axis.xOfSecond(columns.getFirst().second())),
                                            Svg.number(top + HEIGHT)),
                    "acked");
        }
        svg.path(line(top, c -> c.polled() / scale), "polled");
    }

    /// On a logarithmic scale; a second without an acknowledgement leaves a hole.
    private void latency(Svg svg, double top) {
        double mostMs =
                Math.max(1_000, columns.stream().mapToDouble(Column::p99Ms).max().orElse(0));
        double decades = Math.log10(mostMs / LATENCY_MIN_MS);
        frame(svg, top, "latency");
        for (double ms = 1; ms <= mostMs; ms *= 10) {
            level(
                    svg,
                    top,
                    Math.log10(ms / LATENCY_MIN_MS) / decades,
                    ms < 1_000 ? Math.round(ms) + " ms" : Math.round(ms / 1_000) + " s");
        }
        svg.path(line(top, c -> logarithmic(c.p99Ms(), decades)), "p99");
        svg.path(line(top, c -> logarithmic(c.p50Ms(), decades)), "p50");
    }

    private static double logarithmic(double ms, double decades) {
        return ms <= 0 ? Double.NaN : Math.max(0, Math.log10(ms / LATENCY_MIN_MS) / decades);
    }

    private void lag(Svg svg, double top) {
        double most = nice(columns.stream().mapToDouble(Column::lag).max().orElse(0));
        frame(svg, top, "group lag");
        level(svg, top, 1, Html.count(Math.round(most)));
        svg.path(line(top, c -> c.lag() / most), "lag");
    }

    private void frame(Svg svg, double top, String title) {
        svg.text(0, top + 10, "start", "title", title);
        svg.line(TimeAxis.LEFT, top + HEIGHT, axis.right(), top + HEIGHT, "axis");
    }

    private void level(Svg svg, double top, double part, String label) {
        double y = top + HEIGHT * (1 - part);
        svg.line(TimeAxis.LEFT, y, axis.right(), y, "grid");
        svg.text(TimeAxis.LEFT - 8, y + 4, "end", "", label);
    }

    /// @param part of the height; what is no number is left out
    private String line(double top, ToDoubleFunction<Column> part) {
        var path = new StringBuilder();
        boolean drawing = false;
        for (var column : columns) {
            double value = part.applyAsDouble(column);
            if (Double.isNaN(value)) {
                drawing = false;
                continue;
            }
            path.append(drawing ? 'L' : 'M')
                    .append(Svg.number(axis.xOfSecond(column.second())))
                    .append(' ')
                    .append(Svg.number(top + HEIGHT * (1 - Math.min(value, 1))));
            drawing = true;
        }
        return path.toString();
    }

    /// The next of 1, 2, 5, 10, … that is not below.
    private static double nice(double value) {
        double step = 1;
        while (step < value) {
            double leading = step / Math.pow(10, Math.floor(Math.log10(step)));
            step *= Math.round(leading) == 2 ? 2.5 : 2;
        }
        return step;
    }
}
