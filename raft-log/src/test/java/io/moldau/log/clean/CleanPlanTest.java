package io.moldau.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.clean.CleanPlan.Candidate;
import io.moldau.log.clean.CleanPlan.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanPlanTest {
    private static final long NOW = 1_000_000;
    private static final Rules RULES = new Rules(0.5, 0, Long.MAX_VALUE);

    /// Three segments of 100 bytes and ten offsets; the records of each are younger by 1 s.
    private static final List<Candidate> CLOSED =
            List.of(segment(0, NOW - 3_000), segment(10, NOW - 2_000), segment(20, NOW - 1_000));

    private static Candidate segment(long base, long timestampMs) {
        return new Candidate(base, base + 10, 100, () -> timestampMs, () -> timestampMs);
    }

    private static CleanPlan plan(long cleanedUpTo, long stableEnd, Rules rules) {
        return CleanPlan.of(CLOSED, cleanedUpTo, stableEnd, rules, NOW);
    }

    @Test
    void takesAllThatIsClosedWhereNothingWasCleaned() {
        assertThat(plan(0, 30, RULES)).isEqualTo(new CleanPlan(3, 0, 0, 300, false, true));
    }

    @Test
    void waitsUntilEnoughIsDirty() {
        assertThat(plan(20, 30, RULES).due()).isFalse();
        assertThat(plan(20, 30, new Rules(0.3, 0, Long.MAX_VALUE)).due()).isTrue();
        assertThat(plan(20, 30, RULES).dirtyRatio()).isEqualTo(1.0 / 3);
    }

    @Test
    void endsBeforeTheSegmentThatIsNotYetStable() {
        assertThat(plan(0, 29, RULES).segments()).isEqualTo(2);
        assertThat(plan(20, 29, RULES).segments()).isZero();
    }

    @Test
    void endsBeforeTheSegmentWithARecordYoungerThanTheLag() {
        assertThat(plan(0, 30, new Rules(0.5, 1_500, Long.MAX_VALUE)).segments()).isEqualTo(2);
        assertThat(plan(0, 30, new Rules(0.5, 5_000, Long.MAX_VALUE)).segments()).isZero();
    }

    @Test
    void doesNotWaitLongerThanTheMaximalLag() {
        assertThat(plan(20, 30, new Rules(1, 0, 999)).due()).isTrue();
        assertThat(plan(20, 30, new Rules(1, 0, 1_000)).due()).isFalse();
    }

    @Test
    void hasNothingToDoWhereAllIsClean() {
        assertThat(plan(30, 30, RULES)).isEqualTo(CleanPlan.NOTHING);
        assertThat(CleanPlan.of(List.of(), 0, 30, RULES, NOW)).isEqualTo(CleanPlan.NOTHING);
    }

    @Test
    void beginsWhereTheLogBegins() {
        var later = CLOSED.subList(1, 3);
        assertThat(CleanPlan.of(later, 0, 30, RULES, NOW).firstDirty()).isEqualTo(10);
    }
}
