package io.moldau.quorum.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VacancyTest {
    private static final List<Integer> VOTERS = List.of(3, 1, 2);

    @Test
    void theLowestVoterThatIsLeftStandsAtOnceAndTheOthersWaitTheirTurn() {
        assertThat(Vacancy.delayMs(2, 1, VOTERS)).hasValue(0);
        assertThat(Vacancy.delayMs(3, 1, VOTERS)).hasValue(100);
        assertThat(Vacancy.delayMs(3, 2, VOTERS)).hasValue(100);
        assertThat(Vacancy.delayMs(1, 2, VOTERS)).hasValue(0);
    }

    @Test
    void aNodeThatDoesNotVoteDoesNotStand() {
        assertThat(Vacancy.delayMs(4, 1, VOTERS)).isEmpty();
    }

    @Test
    void isActedOnOnceUntilThatMayHaveFailed() {
        var vacancy = new Vacancy(1, 0);

        assertThat(vacancy.stillActedOn(1, TimeUnit.MILLISECONDS.toNanos(399))).isTrue();
        assertThat(vacancy.stillActedOn(1, TimeUnit.MILLISECONDS.toNanos(400))).isFalse();
        assertThat(vacancy.stillActedOn(2, 1)).isFalse();
    }
}
