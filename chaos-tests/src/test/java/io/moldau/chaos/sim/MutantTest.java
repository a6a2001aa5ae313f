package io.moldau.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.replication.Mutant;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A checker that has never caught a bug proves nothing.
class MutantTest {
    private static final int BUDGET = Integer.getInteger("moldau.mutant.seeds", 2000);

    @ParameterizedTest
    @EnumSource
    void isFoundWithinItsBudgetOfSeeds(Mutant mutant) {
        isFound(mutant, mutant.name());
    }

    @ParameterizedTest
    @EnumSource
    void isFoundInGroupsWithinItsBudgetOfSeeds(GroupMutant mutant) {
        isFound(mutant, mutant.name());
    }

    private static void isFound(Rules mutant, String name) {
        for (int seed = 1; seed <= BUDGET; seed++) {
            var mix = Mix.of(seed, EnumSet.noneOf(Fault.class));
            var verdict = Simulation.run(mix, mutant, false);
            if (verdict.failed()) {
                System.out.printf("%-40s %5d seeds: %s%n", name, seed, verdict.failure());
                return;
            }
        }
        assertThat(BUDGET).as("seeds without a failure of %s", name).isZero();
    }
}
