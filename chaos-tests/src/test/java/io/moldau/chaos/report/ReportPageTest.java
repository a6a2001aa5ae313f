package io.moldau.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Judgement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// `-Dmoldau.report.sample=FILE` writes the sample page to look at.
class ReportPageTest {
    @Test
    void aRunWithoutFindingsSaysSo() throws Exception {
        // when
        var page = ReportPage.of(SampleRun.good());

        // then
        assertThat(page)
                .contains("Nothing that was acknowledged is missing")
                .contains("class=\"passed\"")
                .contains("moldau chaos run --seed 42")
                .contains("chaos-0-11");
        var sample = System.getProperty("moldau.report.sample");
        if (sample != null) {
            Files.writeString(Path.of(sample), page);
        }
    }

    @Test
    void needsNothingFromOutside() {
        // when
        var page = ReportPage.of(SampleRun.good());

        // then
        assertThat(page).doesNotContain("http", "src=", "@import", "url(");
    }

    @Test
    void quotesWhatWasFoundAndLetsNothingOfItIntoThePagesOwnText() throws Exception {
        // given
        var lost =
                new Anomaly(
                        Kind.LOST_WRITE,
                        17,
                        "value 7 of key <1> was acknowledged",
                        List.of("{:index 17, :error \"<script>\"}"));

        // when
        var page = ReportPage.of(SampleRun.with(List.of(lost), Map.of("lost-write", 3L)));

        // then
        assertThat(page)
                .contains("Promises were broken")
                .contains("class=\"failed\"")
                .contains("3 lost-write")
                .contains("key &lt;1&gt;")
                .contains("&lt;script&gt;")
                .doesNotContain("<script>");
        var sample = System.getProperty("moldau.report.sample");
        if (sample != null) {
            Files.writeString(Path.of(sample.replace(".html", "-failed.html")), page);
        }
    }

    @Test
    void aRunThatDidNotDoWhatItPlannedHasFailed() {
        // given
        var report = SampleRun.withProblem("no record was acknowledged");

        // when
        var page = ReportPage.of(report);

        // then
        assertThat(report.passed()).isFalse();
        assertThat(page).contains("did not do what it planned", "no record was acknowledged");
    }

    @Test
    void anEmptyRunHasAPageToo() {
        // when
        var page = ReportPage.of(SampleRun.empty());

        // then
        assertThat(page).contains("</html>").doesNotContain("NaN", "Infinity");
    }

    @Test
    void linesForATerminalEndWithTheWayToSeeItAgain() {
        // when
        var lines = ReportText.lines(SampleRun.good());

        // then
        assertThat(lines).contains("anomalies         none");
        assertThat(lines.getLast()).isEqualTo("replay: moldau chaos run --seed 42");
    }

    @Test
    void recoveriesAreRankedAndThoseThatNeverCameAreLeftOut() {
        // given
        var judgement = SampleRun.good().judgement();

        // when
        long median = judgement.recoveryNanos(0.5);

        // then
        assertThat(median).isPositive().isLessThanOrEqualTo(judgement.recoveryNanos(0.99));
        assertThat(judgement.recoveries())
                .extracting(Judgement.Recovery::nanos)
                .contains(Judgement.Recovery.NEVER);
    }
}
