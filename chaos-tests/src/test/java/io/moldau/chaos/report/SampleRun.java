package io.moldau.chaos.report;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Judgement;
import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.ClusterSample.PartitionSample;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.LoadSample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A made-up run of ten minutes on three nodes that looks like a real one.
final class SampleRun {
    private static final int SECONDS = 600;
    private static final int PARTITIONS = 12;
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> KINDS =
            List.of(
                    "kill",
                    "pause",
                    "cut",
                    "cut-one-way",
                    "delay",
                    "throttle",
                    "restart",
                    "leader-move",
                    "reassign",
                    "disk-full",
                    "client-crash",
                    "clock");

    private final Random random = new Random(42);
    private final List<FaultSpan> faults = new ArrayList<>();
    private final List<ClusterSample> cluster = new ArrayList<>();
    private final List<LoadSample> load = new ArrayList<>();
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<Wait> waits = new ArrayList<>();

    private SampleRun() {
        for (int i = 0; i < 60; i++) {
            long began = (8 + i * 9L) * SECOND + random.nextInt(1_000_000_000);
            long took = random.nextInt(5) == 0 ? 0 : (long) (random.nextDouble() * 14 * SECOND);
            var kind = KINDS.get(random.nextInt(KINDS.size()));
            int node = 1 + random.nextInt(3);
            faults.add(new FaultSpan(kind, "node " + node, began, began + took, "as planned"));
            long nanos = (long) (Math.pow(random.nextDouble(), 3) * 9 * SECOND) + SECOND / 20;
            recoveries.add(new Recovery(i, i == 59 ? Recovery.NEVER : nanos));
            if (nanos > SECOND / 2) {
                waits.add(new Wait(random.nextInt(PARTITIONS), began, began + nanos));
            }
        }
        waits.sort((one, other) -> Long.compare(other.nanos(), one.nanos()));
        for (int second = 1; second <= SECONDS; second++) {
            load.add(loadOf(second));
            cluster.add(clusterOf(second));
        }
    }

    private boolean isTroubled(int second) {
        return waits.stream()
                .anyMatch(wait ->
                        wait.fromNanos() <= second * SECOND && second * SECOND <= wait.toNanos());
    }

    private LoadSample loadOf(int second) {
        boolean troubled = isTroubled(second);
        long acknowledged = second > SECONDS - 20 ? 0 : (troubled ? 150 : 980) + random.nextInt(60);
        long p50 = acknowledged == 0 ? 0 : 1_500 + random.nextInt(800) + (troubled ? 20_000 : 0);
        return new LoadSample(
                second,
                acknowledged,
                acknowledged,
                0,
                troubled ? random.nextInt(3) : 0,
                p50,
                p50 * 6 + (troubled ? 2_000_000 : random.nextInt(9_000)),
                p50 * 8,
                second > SECONDS - 20 ? 60_000 : acknowledged * 2 + random.nextInt(100),
                troubled ? 900 + random.nextInt(3_000) : random.nextInt(120));
    }

    private ClusterSample clusterOf(int second) {
        var partitions = new ArrayList<PartitionSample>();
        for (int i = 0; i < PARTITIONS; i++) {
            int leader = 1 + (i + second / (47 + i * 5)) % 3;
            boolean troubled = isTroubled(second);
            partitions.add(
                    new PartitionSample(
                            "chaos-0-" + i,
                            troubled && i % 5 == 0 ? -1 : leader,
                            troubled ? List.of(leader, leader % 3 + 1) : List.of(1, 2, 3),
                            List.of(1, 2, 3)));
        }
        return new ClusterSample(second * SECOND, 1 + second / 140 % 3, partitions);
    }

    private RunReport report(
            List<Anomaly> anomalies, Map<String, Long> counts, List<String> problems) {
        var operations = new TreeMap<String, Map<String, Long>>();
        operations.put("send", Map.of("ok", 132_811L, "info", 41L));
        operations.put("poll", Map.of("ok", 48_120L, "info", 3L));
        operations.put("assign", Map.of("ok", 31L));
        operations.put("create-topic", Map.of("ok", 301L, "fail", 207L, "info", 9L));
        var judgement =
                new Judgement(
                        anomalies, counts, operations, 583_020, 583_155, 0, waits, recoveries);
        var facts =
                new RunReport.Facts(
                        "Moldau 0.1.0",
                        42,
                        3,
                        Instant.parse("2026-03-01T23:10:00Z"),
                        Duration.ofSeconds(SECONDS),
                        "moldau chaos run --seed 42",
                        List.of("assign", "group", "metadata"),
                        List.of("kafka-python: no Python here has it"));
        return new RunReport(facts, faults, cluster, load, judgement, problems);
    }

    static RunReport good() {
        return new SampleRun().report(List.of(), Map.of(), List.of());
    }

    static RunReport with(List<Anomaly> anomalies, Map<String, Long> counts) {
        return new SampleRun().report(anomalies, counts, List.of());
    }

    static RunReport withProblem(String problem) {
        return new SampleRun().report(List.of(), Map.of(), List.of(problem));
    }

    static RunReport empty() {
        var facts =
                new RunReport.Facts(
                        "Moldau 0.1.0",
                        1,
                        3,
                        Instant.EPOCH,
                        Duration.ZERO,
                        "moldau chaos run --seed 1",
                        List.of(),
                        List.of());
        var judgement = new Judgement(List.of(), Map.of(), Map.of(), 0, 0, 0, List.of(), List.of());
        return new RunReport(
                facts, List.of(), List.of(), List.of(), judgement, List.of("nothing was done"));
    }
}
