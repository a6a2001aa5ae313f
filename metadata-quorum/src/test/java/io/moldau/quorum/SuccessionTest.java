package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final List<Integer> LEFT = List.of(3, 1, 2);

    @Test
    void theLowestOfThoseWithAllOfTheLogStandsFirst() {
        var ends = Map.of(1, 7L, 2, 7L, 3, 7L);

        assertThat(Succession.before(1, LEFT, ends)).hasValue(0);
        assertThat(Succession.before(2, LEFT, ends)).hasValue(1);
        assertThat(Succession.before(3, LEFT, ends)).hasValue(2);
    }

    @Test
    void whoeverLacksWhatAnotherHasWaitsForIt() {
        var ends = Map.of(1, 7L, 2, 7L, 3, 8L);

        assertThat(Succession.before(3, LEFT, ends)).hasValue(0);
        assertThat(Succession.before(1, LEFT, ends)).hasValue(1);
        assertThat(Succession.before(2, LEFT, ends)).hasValue(2);
    }

    @Test
    void whoeverDoesNotAnswerIsTakenToBeAsFar() {
        assertThat(Succession.before(2, LEFT, Map.of(2, 7L))).hasValue(1);
        assertThat(Succession.before(1, LEFT, Map.of(1, 7L))).hasValue(0);
    }

    @Test
    void aNodeThatDoesNotVoteDoesNotStand() {
        assertThat(Succession.before(4, LEFT, Map.of(4, 7L))).isEmpty();
    }
}
