package io.moldau.chaos.drill;

import io.moldau.chaos.fault.Aim;
import io.moldau.chaos.fault.FaultKind;
import io.moldau.chaos.fault.Nemesis;
import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.LoadSample;
import io.moldau.chaos.timeline.RunClock;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Tells a run as it goes, and keeps count of its faults. Any thread.
final class Progress implements Nemesis.Listener {
    private final RunClock clock;
    private final PrintWriter out;
    private final Consumer<FaultSpan> history;
    private final List<FaultSpan> spans = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<FaultKind, String> lastSkip = new EnumMap<>(FaultKind.class);
    private final Map<FaultKind, Integer> skips = new EnumMap<>(FaultKind.class);

    /// @param history takes every fault that is over
    Progress(RunClock clock, PrintWriter out, Consumer<FaultSpan> history) {
        this.clock = clock;
        this.out = out;
        this.history = history;
    }

    @Override
    public void began(FaultKind kind, String target) {
        tell("%-13s %s".formatted(kind.label(), target));
    }

    @Override
    public void ended(FaultSpan span) {
        spans.add(span);
        history.accept(span);
        tell(
                "%-13s %s: undone after %.1f s%s"
                        .formatted(
                                span.kind(),
                                span.target(),
                                (span.endedNanos() - span.beganNanos()) / 1e9,
                                span.said().isEmpty() ? "" : " (" + span.said() + ")"));
    }

    @Override
    public void failed(FaultKind kind, Aim aim, String why) {
        failures.add(kind.label() + ": " + why);
        tell("%-13s FAILED: %s".formatted(kind.label(), why));
    }

    @Override
    public void skipped(FaultKind kind, Aim aim, String why) {
        synchronized (skips) {
            skips.merge(kind, 1, Integer::sum);
            lastSkip.put(kind, why);
        }
        tell("%-13s left out: %s".formatted(kind.label(), why));
    }

    void tell(String text) {
        synchronized (out) {
            out.printf(Locale.ROOT, "%s  %s%n", time(), text);
            out.flush();
        }
    }

    private String time() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.nanos());
        return String.format(Locale.ROOT, "%3d:%02d", seconds / 60, seconds % 60);
    }

    void tell(LoadSample load, ClusterSample cluster) {
        var lacking = ClusterEye.lacking(cluster).size();
        tell(
                "%d acks/s, p99 %d ms, lag %d, %d of %d partitions whole, %d faults"
                        .formatted(
                                load.acknowledged(),
                                load.latencyP99Micros() / 1000,
                                load.lag(),
                                cluster.partitions().size() - lacking,
                                cluster.partitions().size(),
                                spans.size()));
    }

    /// What was done, in the order of its beginnings.
    List<FaultSpan> spans() {
        synchronized (spans) {
            var sorted = new ArrayList<>(spans);
            sorted.sort((one, other) -> Long.compare(one.beganNanos(), other.beganNanos()));
            return sorted;
        }
    }

    /// What could not be done as it should, or not be undone.
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    /// What was left out, how often and why at last.
    List<String> skipped() {
        synchronized (skips) {
            return skips.entrySet().stream()
                    .map(entry ->
                            "%s was left out %d times: %s"
                                    .formatted(
                                            entry.getKey().label(),
                                            entry.getValue(),
                                            lastSkip.get(entry.getKey())))
                    .toList();
        }
    }
}
