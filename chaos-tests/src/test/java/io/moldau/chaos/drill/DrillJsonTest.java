package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Judgement;
import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.report.RunReport;
import io.moldau.chaos.timeline.FaultSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DrillJsonTest {
    private static final long SECOND = 1_000_000_000L;

    private static RunReport report(Map<String, Long> anomalies, List<String> problems) {
        var judgement =
                new Judgement(
                        List.of(),
                        anomalies,
                        Map.of("send", Map.of("ok", 41L, "info", 2L), "poll", Map.of("ok", 7L)),
                        300,
                        299,
                        1,
                        List.of(new Wait(4, SECOND, 3 * SECOND + SECOND / 4)),
                        List.of(new Recovery(0, SECOND), new Recovery(1, 2 * SECOND)));
        var facts =
                new RunReport.Facts(
                        "Moldau 0.1.0",
                        42,
                        3,
                        Instant.EPOCH,
                        Duration.ofSeconds(61),
                        "moldau chaos run --target-name 'a \"good\" one'",
                        List.of("assign"),
                        List.of("disk-full: no\nreason"));
        var faults =
                List.of(
                        new FaultSpan("pause", "node 1", SECOND, 2 * SECOND, ""),
                        new FaultSpan("kill", "node 1", SECOND, 2 * SECOND, ""),
                        new FaultSpan("kill", "node 2", SECOND, 2 * SECOND, ""));
        return new RunReport(facts, faults, List.of(), List.of(), judgement, problems);
    }

    @Test
    void saysAllThatThePageHasInOneLine() {
        // given
        var result = new Drill.Result(report(Map.of("lost-write", 1L), List.of("x")), "never");

        // when
        var line = DrillJson.of(result);

        // then
        assertThat(line)
                .isEqualTo(
                        "{\"broker\":\"Moldau 0.1.0\",\"seed\":42,\"nodes\":3,\"seconds\":61,"
                                + "\"passed\":false,\"faults\":{\"kill\":2,\"pause\":1},"
                                + "\"operations\":{\"poll\":{\"ok\":7},\"send\":{\"info\":2,\"ok\":41}},"
                                + "\"acknowledged\":300,\"read\":299,\"unseen\":1,"
                                + "\"anomalies\":{\"lost-write\":1},"
                                + "\"worstUnavailabilityS\":2.250,\"recoveryP50S\":1.000,"
                                + "\"recoveryP99S\":2.000,\"recoveryMaxS\":2.000,"
                                + "\"wholeAgain\":\"never\",\"problems\":[\"x\"],"
                                + "\"skipped\":[\"disk-full: no\\u000areason\"],"
                                + "\"replay\":\"moldau chaos run --target-name 'a \\\"good\\\" one'\"}");
    }

    @Test
    void aRunPassedWhenNothingWasFoundAndItDidWhatItPlanned() {
        assertThat(DrillJson.of(new Drill.Result(report(Map.of(), List.of()), "")))
                .contains("\"passed\":true")
                .contains("\"anomalies\":{}")
                .contains("\"problems\":[]");
    }
}
