package io.moldau.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.history.Operation;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class HistoryCheckerPropertyTest {
    /// The streaming checker finds what comparing everything with everything finds.
    @Property(tries = 200)
    void findsWhatTheDullCheckerFinds(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int operations) {
        // given
        var history = RandomHistory.of(seed, operations);

        // when
        var counts = streamed(history).findings().counts();

        // then
        assertThat(counts.keySet())
                .isEqualTo(
                        DullChecker.check(history).stream()
                                .map(Kind::label)
                                .collect(Collectors.toSet()));
    }

    private static HistoryChecker streamed(List<Operation> history) {
        var checker = new HistoryChecker(List.of());
        history.forEach(checker::on);
        checker.end();
        return checker;
    }
}
