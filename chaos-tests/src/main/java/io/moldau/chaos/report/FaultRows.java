package io.moldau.chaos.report;

import io.moldau.chaos.timeline.FaultSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A row for each kind of fault; a fault is a bar as long as it took.
final class FaultRows {
    private static final double ROW = 17;
    private static final double HEAD = 26;

    private final TimeAxis axis;
    private final Map<String, List<FaultSpan>> byKind = new TreeMap<>();

    FaultRows(TimeAxis axis, List<FaultSpan> faults) {
        this.axis = axis;
        faults.forEach(
                fault -> byKind.computeIfAbsent(fault.kind(), _ -> new ArrayList<>()).add(fault));
    }

    double height() {
        return HEAD + ROW * Math.max(1, byKind.size()) + 12;
    }

    /// The rows, and a shade of each fault over what is drawn above them.
    void draw(Svg svg, double top, double shadeTop) {
        svg.text(0, top + 14, "start", "title", "faults");
        double y = top + HEAD - 6;
        for (var entry : byKind.entrySet()) {
            svg.text(TimeAxis.LEFT - 8, y + 11, "end", "name", entry.getKey());
            svg.rect(TimeAxis.LEFT, y + 1, axis.right() - TimeAxis.LEFT, ROW - 4, "track", "");
            for (var fault : entry.getValue()) {
                double x = axis.x(fault.beganNanos());
                double width = Math.max(2.5, axis.x(fault.endedNanos()) - x);
                svg.rect(x, shadeTop, width, top - shadeTop, "shade", "");
                svg.rect(x, y + 1, width, ROW - 4, "fault", told(fault));
            }
            y += ROW;
        }
    }

    private static String told(FaultSpan fault) {
        return "%s %s  %s%s%s"
                .formatted(
                        Html.moment(fault.beganNanos()),
                        fault.kind(),
                        fault.target(),
                        fault.endedNanos() == fault.beganNanos()
                                ? ""
                                : "  for " + Html.time(fault.endedNanos() - fault.beganNanos()),
                        fault.said().isEmpty() ? "" : "\n" + fault.said());
    }
}
