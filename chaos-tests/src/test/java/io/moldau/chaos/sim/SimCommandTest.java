package io.moldau.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// `moldau chaos sim` as its users meet it.
class SimCommandTest {
    private record Run(int exitCode, String out, String err) {}

    private static Run moldauChaosSim(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode =
                new CommandLine(new SimCommand())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    @Test
    void tellsWhatWasRunAndWhichSeedsTheseWere() {
        var run = moldauChaosSim("--seeds", "20", "--from", "100");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("20 seeds in ")
                .contains(" virtual hours, ")
                .contains("seeds: 100 to 119")
                .contains("faults: ");
    }

    @Test
    void failsWhenNothingWasRun() {
        var run = moldauChaosSim("--seeds", "0");

        assertThat(run.exitCode()).isOne();
        assertThat(run.out()).contains("no seed was run");
    }

    @Test
    void tellsProgramsTheSame() {
        var run = moldauChaosSim("--seeds", "3", "--from", "7", "--format", "json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("{\"seeds\":3,\"from\":7,")
                .contains("\"violations\":0,\"faults\":{\"")
                .endsWith("}}\n");
    }

    @Test
    void replaysASeedWithTheSameHash() {
        var once = moldauChaosSim("--seed", "4711");
        var traced = moldauChaosSim("--seed", "4711", "--trace");

        assertThat(once.exitCode()).isZero();
        assertThat(once.out()).containsPattern("trace hash [0-9a-f]{16}");
        assertThat(traced.out()).contains(once.out().substring(once.out().indexOf("trace hash")));
        assertThat(traced.out().lines().count()).isGreaterThan(100);
    }

    @Test
    void doesNotTakeFaultsThatDoNotExist() {
        var run = moldauChaosSim("--without", "SUNSPOTS");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("SUNSPOTS");
    }
}
