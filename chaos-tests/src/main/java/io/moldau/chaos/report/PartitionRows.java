package io.moldau.chaos.report;

import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.ClusterSample.PartitionSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A row for each partition, in the colour of its leader and paler where replicas are missing from
/// the ISR; above them the controller's.
final class PartitionRows {
    private static final double ROW = 12;
    private static final double HEAD = 26;

    private final TimeAxis axis;
    private final List<ClusterSample> samples;
    private final Map<String, List<Moment>> rows = new TreeMap<>(PartitionRows::compare);
    private final List<Moment> controllers = new ArrayList<>();

    PartitionRows(TimeAxis axis, List<ClusterSample> samples) {
        this.axis = axis;
        this.samples = samples;
        for (var sample : samples) {
            add(controllers, new Moment(sample.nanos(), sample.controllerId(), true, ""));
            for (var partition : sample.partitions()) {
                add(
                        rows.computeIfAbsent(partition.name(), _ -> new ArrayList<>()),
                        Moment.of(sample.nanos(), partition));
            }
        }
    }

    /// What a row shows from a moment on.
    private record Moment(long nanos, int leaderId, boolean whole, String told) {
        private static Moment of(long nanos, PartitionSample partition) {
            return new Moment(
                    nanos,
                    partition.leaderId(),
                    partition.isr().size() >= partition.replicas().size(),
                    "leader %s, ISR %s of %s"
                            .formatted(
                                    partition.leaderId() < 0 ? "none" : partition.leaderId(),
                                    partition.isr(),
                                    partition.replicas()));
        }

        private boolean looksLike(Moment other) {
            return leaderId == other.leaderId && whole == other.whole && told.equals(other.told);
        }
    }

    private static void add(List<Moment> row, Moment moment) {
        if (row.isEmpty() || !row.getLast().looksLike(moment)) {
            row.add(moment);
        }
    }

    /// `chaos-0-10` comes after `chaos-0-9`.
    private static int compare(String one, String other) {
        return Comparator.comparing(PartitionRows::topicOf)
                .thenComparingInt(PartitionRows::numberOf)
                .compare(one, other);
    }

    private static String topicOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('-')));
    }

    private static int numberOf(String name) {
        var digits = name.substring(name.lastIndexOf('-') + 1);
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
    }

    /// The partitions by the history's keys: in the order of topics and numbers. The history counts
    /// all of them, so there is no telling when some were never sampled.
    List<String> names() {
        return List.copyOf(rows.keySet());
    }

    double height() {
        return HEAD + ROW * (rows.size() + 1) + 16;
    }

    void draw(Svg svg, double top, List<Wait> waits) {
        svg.text(0, top + 14, "start", "title", "leaders and ISR");
        double y = top + HEAD - 4;
        row(svg, y, "controller", controllers);
        y += ROW + 4;
        int key = 0;
        for (var entry : rows.entrySet()) {
            row(svg, y, entry.getKey(), entry.getValue());
            markWaits(svg, y, key++, waits);
            y += ROW;
        }
    }

    private void row(Svg svg, double y, String name, List<Moment> moments) {
        svg.text(TimeAxis.LEFT - 8, y + 9, "end", "name", name);
        for (int i = 0; i < moments.size(); i++) {
            var moment = moments.get(i);
            long until =
                    i + 1 < moments.size() ? moments.get(i + 1).nanos() : samples.getLast().nanos();
            double x = axis.x(moment.nanos());
            svg.rect(x, y, axis.x(until) - x, ROW - 2, style(moment), told(name, moment));
        }
    }

    private static String style(Moment moment) {
        if (moment.leaderId() < 0) {
            return "none";
        }
        int colour = moment.leaderId() <= 5 ? moment.leaderId() : 0;
        return "n" + colour + (moment.whole() ? "" : " thin");
    }

    private static String told(String name, Moment moment) {
        var what = moment.told().isEmpty() ? "node " + moment.leaderId() : moment.told();
        return "%s %s: %s".formatted(Html.moment(moment.nanos()), name, what);
    }

    private void markWaits(Svg svg, double y, int key, List<Wait> waits) {
        for (var wait : waits) {
            if (wait.key() == key) {
                svg.line(
                        axis.x(wait.fromNanos()),
                        y + ROW / 2 - 1,
                        Math.max(axis.x(wait.fromNanos()) + 1, axis.x(wait.toNanos())),
                        y + ROW / 2 - 1,
                        "wait");
            }
        }
    }
}
