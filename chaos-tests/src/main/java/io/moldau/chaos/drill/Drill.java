package io.moldau.chaos.drill;

import io.moldau.chaos.check.Judge;
import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.fault.Episode;
import io.moldau.chaos.fault.Nemesis;
import io.moldau.chaos.fault.Plan;
import io.moldau.chaos.fault.Scene;
import io.moldau.chaos.report.ReportPage;
import io.moldau.chaos.report.RunReport;
import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.run.Nodes;
import io.moldau.chaos.run.OwnNodes;
import io.moldau.chaos.timeline.RunClock;
import io.moldau.chaos.workload.LoadTopic;
import io.moldau.chaos.workload.Workload;
import io.moldau.chaos.workload.WorkloadPlan;
import io.moldau.chaos.workload.WorkloadResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One run from the first process to the report.
///
/// Faults come in episodes: some that overlap, then the time until all replicas are in sync again,
/// then a short calm. In the end everything is healed and read back.
public final class Drill {
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(60);
    private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(2);
    private static final Duration READ_WITHIN = Duration.ofMinutes(3);
    private static final short REPLICAS = 3;
    private static final int LINE_EVERY_S = 10;
    private static final int STEPS_MIN = 3;

    private final DrillPlan plan;
    private final PrintWriter out;
    private final RunClock clock = RunClock.start();
    private final Instant began = Instant.now();
    private final List<String> problems = new ArrayList<>();
    private final Recoveries recoveries = new Recoveries();
    private volatile boolean asked;
    private volatile Scene scene;
    private int planned;

    /// @param out where progress is told
    public Drill(DrillPlan plan, PrintWriter out) {
        this.plan = plan;
        this.out = out;
    }

    /// What came of a run.
    ///
    /// @param recoveries until all replicas were in sync again, after each episode
    public record Result(RunReport report, String recoveries) {}

    /// Ends the run early: what is under way is undone, and what there is gets judged. Any thread.
    public void stop() {
        asked = true;
        var now = scene;
        if (now != null) {
            now.end();
        }
    }

    /// @throws IllegalStateException the cluster or its clients cannot be started
    public Result run() throws IOException, InterruptedException {
        try (var cluster = Clusters.start(plan)) {
            var result = run(cluster);
            if (result.report().passed() && !plan.keepsData()) {
                cluster.deleteData();
            }
            return result;
        }
    }

    private Result run(Clusters cluster) throws IOException, InterruptedException {
        var workloadPlan =
                new WorkloadPlan(
                        cluster.nodes().bootstrap(),
                        plan.out(),
                        plan.seed(),
                        plan.recordsPerSecond(),
                        plan.topics(),
                        plan.partitions(),
                        (short) Math.min(REPLICAS, cluster.nodes().ids().size()),
                        Map.of("min.insync.replicas", "2"),
                        plan.workloads());
        try (var workload = Workload.start(workloadPlan, clock);
                var eye = eye(cluster.nodes(), workload)) {
            var progress = new Progress(clock, out, workload::noteFault);
            progress.tell(
                    "%d nodes, %s, seed %d: clients run"
                            .formatted(cluster.nodes().ids().size(), cluster.name(), plan.seed()));
            try (var watch = new Watch(eye, ticker(progress, workload, eye))) {
                scene = new Scene(cluster.nodes(), eye, clock, workload::crashOne);
                strike(cluster.nodes(), eye, progress);
                progress.tell("healed; reading everything back");
                var result = workload.finish(READ_WITHIN);
                return judged(cluster, progress, watch, result);
            }
        }
    }

    private ClusterEye eye(Nodes nodes, Workload workload) {
        var names = workload.topics().stream().map(LoadTopic::name).toList();
        return new ClusterEye(nodes.bootstrap(), names, clock);
    }

    private static Runnable ticker(Progress progress, Workload workload, ClusterEye eye) {
        var ticks = new int[1];
        return () -> {
            if (++ticks[0] % LINE_EVERY_S == 0) {
                progress.tell(workload.sample(), eye.latest());
            }
        };
    }

    /// Faults until the time is over or somebody asks to stop; then everything is healed.
    private void strike(Nodes nodes, ClusterEye eye, Progress progress)
            throws InterruptedException {
        var nemesis = new Nemesis(scene, progress);
        var episodes = Plan.of(plan.seed(), Clusters.possible(plan.faults(), nodes));
        if (!eye.awaitWhole(WHOLE_WITHIN)) {
            problems.add("the cluster was not whole to begin with");
        }
        long endNanos = clock.nanos() + plan.lasts().toNanos();
        while (clock.nanos() < endNanos && !asked) {
            var episode = episodes.next();
            planned += episode.faults().size();
            nemesis.play(episode);
            if (!recover(episode, nodes, eye, progress)) {
                problems.add("given up after episode %d".formatted(episode.number()));
                return;
            }
            scene.hold(episode.calmMs());
        }
    }

    private boolean recover(Episode episode, Nodes nodes, ClusterEye eye, Progress progress)
            throws InterruptedException {
        long fromNanos = System.nanoTime();
        if (nodes instanceof OwnNodes own) {
            revive(own, progress);
        }
        boolean inTime = eye.awaitWhole(WHOLE_WITHIN);
        if (!inTime) {
            problem(
                    progress,
                    "not whole %d s after episode %d (%s): %s"
                            .formatted(
                                    WHOLE_WITHIN.toSeconds(),
                                    episode.number(),
                                    episode.faults(),
                                    ClusterEye.lacking(eye.latest())));
        }
        boolean isWhole = inTime || eye.awaitWhole(GIVEN_UP_AFTER);
        recoveries.add(Duration.ofNanos(System.nanoTime() - fromNanos));
        return isWhole;
    }

    /// A node that does not come back ends the run, and not without a report.
    private void revive(OwnNodes own, Progress progress) {
        try {
            own.revive().forEach(said -> problem(progress, said));
        } catch (IllegalStateException stays) {
            var why = String.valueOf(stays.getMessage()).lines().findFirst().orElse("");
            problem(progress, "a node could not be started again: " + why);
        }
    }

    private void problem(Progress progress, String sentence) {
        problems.add(sentence);
        progress.tell("PROBLEM: " + sentence);
    }

    private Result judged(Clusters cluster, Progress progress, Watch watch, WorkloadResult result)
            throws IOException {
        var spans = progress.spans();
        var judgement = Judge.judge(result.history(), result.metadataHistory(), spans);
        problems.addAll(progress.failures());
        if (planned > 0 && spans.size() < Math.max(1, planned / STEPS_MIN)) {
            problems.add("of %d faults only %d were done".formatted(planned, spans.size()));
        } else if (planned == 0) {
            problems.add("no fault was done");
        }
        if (judgement.acknowledgedRecords() == 0) {
            problems.add("no record was acknowledged");
        }
        if (!result.readToTheEnd()) {
            problems.add("not everything that was acknowledged could be read back");
        }
        long unrecovered =
                judgement.recoveries().stream().filter(r -> r.nanos() == Recovery.NEVER).count();
        if (unrecovered > 0) {
            problems.add(
                    "after %d faults not every partition took records again"
                            .formatted(unrecovered));
        }
        var report =
                new RunReport(
                        facts(cluster, progress, result),
                        spans,
                        watch.samples(),
                        result.seconds(),
                        judgement,
                        problems);
        ReportPage.write(report, plan.out().resolve("report.html"));
        return new Result(report, recoveries.toString());
    }

    private RunReport.Facts facts(Clusters cluster, Progress progress, WorkloadResult result) {
        var skipped =
                Stream.of(cluster.skipped(plan.faults()), progress.skipped(), result.skipped())
                        .flatMap(List::stream)
                        .toList();
        return new RunReport.Facts(
                cluster.name(),
                plan.seed(),
                cluster.nodes().ids().size(),
                began,
                Duration.ofNanos(clock.nanos()),
                plan.replay(),
                plan.workloads().stream().map(kind -> kind.label()).sorted().toList(),
                skipped);
    }
}
