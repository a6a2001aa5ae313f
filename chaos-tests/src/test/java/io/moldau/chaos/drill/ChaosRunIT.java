package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.Command;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `moldau chaos run` as an operator runs it: three nodes, every kind of fault, nothing is found.
///
/// System properties: `moldau.chaos.minutes` (2) of faults, `moldau.chaos.nodes` (3),
/// `moldau.chaos.seed` for one that is to be told again.
class ChaosRunIT {
    private static final String MINUTES = System.getProperty("moldau.chaos.minutes", "2");
    private static final String NODES = System.getProperty("moldau.chaos.nodes", "3");
    private static final String SEED = System.getProperty("moldau.chaos.seed", "5");

    @Test
    void nothingIsLostInABadNight() throws Exception {
        // given
        var out = Acceptance.work().resolve("chaos-run");

        // when
        var run =
                Command.run(
                        Duration.ofMinutes(5)
                                .plusSeconds((long) (Double.parseDouble(MINUTES) * 60)),
                        "chaos",
                        "run",
                        "--nodes",
                        NODES,
                        "--minutes",
                        MINUTES,
                        "--seed",
                        SEED,
                        "--out",
                        out.toString());

        // then
        System.out.println(run.output());
        assertThat(run.output()).contains("chaos: passed");
        assertThat(run.exitStatus()).isZero();
        assertThat(Files.readString(out.resolve("report.html"))).contains("</html>");
        assertThat(Pattern.compile("undone after").matcher(run.output()).results().count())
                .as("faults")
                .isGreaterThanOrEqualTo((long) (2 * Double.parseDouble(MINUTES)));
    }
}
