package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final List<Integer> LEFT = List.of(3, 1, 2);

    private static long delay(int turns, int lower) {
        return turns * Succession.TURN_MS + lower * Succession.HEAD_START_MS;
    }

    @Test
    void theLowestOfThoseWithAllOfTheLogStandsFirst() {
        var ends = Map.of(1, 7L, 2, 7L, 3, 7L);

        assertThat(Succession.delayMs(1, LEFT, ends)).hasValue(0);
        assertThat(Succession.delayMs(2, LEFT, ends)).hasValue(delay(1, 1));
        assertThat(Succession.delayMs(3, LEFT, ends)).hasValue(delay(2, 2));
    }

    @Test
    void whoeverLacksWhatAnotherHasWaitsForIt() {
        var ends = Map.of(1, 7L, 2, 7L, 3, 8L);

        assertThat(Succession.delayMs(3, LEFT, ends)).hasValue(delay(0, 2));
        assertThat(Succession.delayMs(1, LEFT, ends)).hasValue(delay(1, 0));
        assertThat(Succession.delayMs(2, LEFT, ends)).hasValue(delay(2, 1));
    }

    /// What came from the dead one may have arrived while they asked each other.
    @Test
    void twoThatTakeThemselvesForTheFirstDoNotStandAtOnce() {
        long first = Succession.delayMs(1, LEFT, Map.of(1, 8L, 2, 7L, 3, 7L)).orElseThrow();
        long also = Succession.delayMs(2, LEFT, Map.of(1, 7L, 2, 8L, 3, 7L)).orElseThrow();

        assertThat(also - first).isEqualTo(Succession.HEAD_START_MS);
    }

    @Test
    void whoeverDoesNotAnswerIsTakenToBeAsFar() {
        assertThat(Succession.delayMs(2, LEFT, Map.of(2, 7L))).hasValue(delay(1, 1));
        assertThat(Succession.delayMs(1, LEFT, Map.of(1, 7L))).hasValue(0);
    }

    @Test
    void aNodeThatDoesNotVoteDoesNotStand() {
        assertThat(Succession.delayMs(4, LEFT, Map.of(4, 7L))).isEmpty();
    }
}
