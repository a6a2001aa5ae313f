package io.moldau.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Judge;
import io.moldau.chaos.check.JudgementText;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.RunClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// All clients at three nodes of which one is killed: what they saw is a history without anomalies.
///
/// System properties: `moldau.workload.seconds` (20), `moldau.workload.rate` (500).
class WorkloadIT {
    private static final int SECONDS = Integer.getInteger("moldau.workload.seconds", 20);
    private static final int RATE = Integer.getInteger("moldau.workload.rate", 500);

    @Test
    void clientsThatMeetAFaultWriteAHistoryThatHolds() throws IOException {
        // given
        var folder = Files.createDirectories(Acceptance.work().resolve("workload-history"));
        WorkloadResult result;
        var faults = new ArrayList<FaultSpan>();
        try (var cluster =
                Acceptance.startCluster("workload", 3, "group.initial.rebalance.delay.ms=0")) {
            var clock = RunClock.start();
            try (var workload = Workload.start(plan(cluster.bootstrap(), folder), clock)) {
                // when
                Threads.pause(Duration.ofSeconds(SECONDS / 3));
                assertThat(workload.crashOne(7)).isNotEmpty();
                long began = clock.nanos();
                cluster.node(2).kill();
                Threads.pause(Duration.ofSeconds(SECONDS / 3));
                cluster.node(2).start();
                faults.add(new FaultSpan("kill", "node 2", began, clock.nanos(), ""));
                workload.noteFault(faults.getFirst());
                Threads.pause(Duration.ofSeconds(SECONDS / 3));
                result = workload.finish(Duration.ofSeconds(90));
            }
        }

        // then
        var judgement = Judge.judge(result.history(), result.metadataHistory(), faults);
        JudgementText.of(judgement).forEach(System.out::println);
        result.skipped().forEach(System.out::println);
        assertThat(judgement.anomalies()).isEmpty();
        assertThat(result.readToTheEnd()).isTrue();
        assertThat(judgement.acknowledgedRecords()).isGreaterThan((long) RATE * SECONDS / 10);
        assertThat(judgement.operations()).containsKeys("send", "poll", "assign", "subscribe");
        assertThat(judgement.operations()).containsKeys("create-topic", "describe-topic");
    }

    private static WorkloadPlan plan(String bootstrap, Path folder) {
        return new WorkloadPlan(
                bootstrap,
                folder,
                7,
                RATE,
                1,
                6,
                (short) 3,
                Map.of("min.insync.replicas", "2"),
                WorkloadKind.all());
    }
}
