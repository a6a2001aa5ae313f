package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PlantedBugTest {
    /// Whoever rewrites the line has to plant the bug anew.
    @ParameterizedTest
    @FieldSource("io.moldau.chaos.drill.PlantedBug#ALL")
    void canStillBePlanted(PlantedBug bug) throws IOException {
        assertThat(bug.changedText(Acceptance.checkout())).contains(bug.wrong());
    }
}
