package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.fault.FaultKind;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.OwnNodes;
import io.moldau.chaos.workload.WorkloadKind;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A broken broker is caught, and what is wrong with it is called by its name: bugs are planted in
/// real processes, one at a time.
///
/// System properties: `moldau.chaos.mutants` (1), how many of the bugs are tried, or
/// `moldau.chaos.mutant`, the place of the only one; `moldau.chaos.mutant.seconds` (40) of faults
/// for each, and again with another seed up to `moldau.chaos.mutant.tries` (3) times.
class PlantedBugsIT {
    private static final int BUGS = Integer.getInteger("moldau.chaos.mutants", 1);
    private static final int ONLY = Integer.getInteger("moldau.chaos.mutant", -1);
    private static final int SECONDS = Integer.getInteger("moldau.chaos.mutant.seconds", 40);
    private static final int TRIES = Integer.getInteger("moldau.chaos.mutant.tries", 3);

    static Stream<PlantedBug> bugs() {
        return ONLY >= 0
                ? Stream.of(PlantedBug.ALL.get(ONLY))
                : PlantedBug.ALL.stream().limit(BUGS);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void isFoundAndNamed(PlantedBug bug) throws Exception {
        // given
        var folder = Acceptance.work().resolve("planted-" + PlantedBug.ALL.indexOf(bug));
        OwnNodes.delete(folder);
        Files.createDirectories(folder);
        var plan = plan(bug, folder);

        // when
        var counts = runUntilFound(bug, plan);

        // then
        assertThat(counts).containsAnyElementsOf(bug.names());
    }

    private static List<String> runUntilFound(PlantedBug bug, DrillPlan plan) throws Exception {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        List<String> found = List.of();
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            var report = new Drill(withSeed(plan, attempt), out).run().report();
            found = List.copyOf(report.judgement().counts().keySet());
            System.out.printf(
                    "planted: %s; found with seed %d: %s%n",
                    bug, attempt, report.judgement().counts());
            if (found.stream().anyMatch(bug.names()::contains)) {
                return found;
            }
        }
        return found;
    }

    private static DrillPlan plan(PlantedBug bug, Path folder) {
        return new DrillPlan(
                3,
                Duration.ofSeconds(SECONDS),
                500,
                1,
                6,
                1,
                FaultKind.of(bug.faults()),
                EnumSet.of(WorkloadKind.ASSIGN, WorkloadKind.GROUP),
                folder,
                false,
                bug.plant(folder.resolve("broken")),
                bug.settings(),
                Optional.empty(),
                "planted bug: " + bug);
    }

    private static DrillPlan withSeed(DrillPlan plan, long seed) {
        return new DrillPlan(
                plan.nodes(),
                plan.lasts(),
                plan.recordsPerSecond(),
                plan.topics(),
                plan.partitions(),
                seed,
                plan.faults(),
                plan.workloads(),
                plan.out(),
                plan.keepsData(),
                plan.executable(),
                plan.overrides(),
                plan.target(),
                plan.replay());
    }
}
