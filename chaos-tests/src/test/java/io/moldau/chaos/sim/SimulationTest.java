package io.moldau.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.Mutant;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import java.util.EnumSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Production's cores keep their promises, and the simulation is worth its name.
class SimulationTest {
    private static final long SEEDS = Long.getLong("moldau.sim.seeds", 2500);
    private static final long SECONDS = Long.getLong("moldau.sim.seconds", 20);

    @Test
    void losesNothingAndRecoversWhateverTheSeed() {
        // given
        var run = new SeedRun(Rules.PRODUCTION);
        long deadline = System.nanoTime() + SECONDS * 1_000_000_000;

        // when
        var failure = run.run(number -> 1_000_000 + number, SEEDS, deadline);

        // then
        assertThat(failure.map(verdict -> verdict.failure() + "\n" + verdict.mix())).isEmpty();
        assertThat(run.acknowledgedRecords()).isGreaterThan(run.seeds() * 10);
        assertThat(run.reigns()).isGreaterThan(run.seeds() * 2);
        assertThat(run.acknowledgedCommits()).isGreaterThan(run.seedsWithGroups() * 5);
        assertThat(run.takeovers()).isGreaterThan(run.seedsWithGroups());
    }

    @Test
    void theSameSeedIsTheSameHistory() {
        for (int seed = 1; seed <= 40; seed++) {
            var mix = Mix.of(seed, EnumSet.noneOf(Fault.class));

            var once = Simulation.run(mix, Rules.PRODUCTION, false);
            var again = Simulation.run(mix, Rules.PRODUCTION, true);

            assertThat(again.traceHash()).isEqualTo(once.traceHash());
            assertThat(again.events()).isEqualTo(once.events());
            assertThat(again.trace()).isNotEmpty();
        }
    }

    @Test
    void everyFaultIsDrawnAndNoneIsForced() {
        var drawn = EnumSet.noneOf(Fault.class);
        for (int seed = 1; seed <= 200; seed++) {
            drawn.addAll(Mix.of(seed, EnumSet.noneOf(Fault.class)).faults());
        }
        assertThat(drawn).isEqualTo(EnumSet.complementOf(EnumSet.of(Fault.BIT_ROT)));
        assertThat(Mix.of(1, EnumSet.allOf(Fault.class)).faults()).isEmpty();
    }

    /// What is left when a fault is dropped must still be the same failure's cause.
    @Test
    void shrinksAFailureToTheFaultsThatItNeeds() {
        var mutant = Mutant.COMMITS_BELOW_MIN_ISR;
        var failure =
                LongStream.rangeClosed(1, 200)
                        .mapToObj(seed -> Mix.of(seed, EnumSet.noneOf(Fault.class)))
                        .map(mix -> Simulation.run(mix, mutant, false))
                        .filter(Verdict::failed)
                        .filter(verdict -> verdict.mix().faults().size() > 4)
                        .findFirst()
                        .orElseThrow();

        var shrunk = SeedRun.shrunk(failure, mutant);

        assertThat(shrunk.failed()).isTrue();
        assertThat(failure.mix().faults()).containsAll(shrunk.mix().faults());
        assertThat(shrunk.mix().faults().size()).isLessThan(failure.mix().faults().size());
    }
}
