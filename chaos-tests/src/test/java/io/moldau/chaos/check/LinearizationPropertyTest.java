package io.moldau.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Linearization.Verdict;
import io.moldau.chaos.check.TopicOperation.Answer;
import io.moldau.chaos.check.TopicOperation.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LinearizationPropertyTest {
    private static final List<Ask> ASKS = List.of(Ask.values());

    /// Trying every order one after the other gives the same verdict.
    @Property(tries = 200)
    void findsAnOrderWhereThereIsOne(@ForAll long seed, @ForAll @IntRange(max = 6) int count) {
        // given
        var operations = operations(new Random(seed), count);

        // when
        var verdict = new Linearization(operations).find();

        // then
        boolean possible = existsOrder(operations, new ArrayList<>(), 0);
        assertThat(verdict).isEqualTo(possible ? Verdict.POSSIBLE : Verdict.IMPOSSIBLE);
    }

    private static List<TopicOperation> operations(Random random, int count) {
        var operations = new ArrayList<TopicOperation>();
        for (int i = 0; i < count; i++) {
            long began = random.nextInt(10);
            var ask = ASKS.get(random.nextInt(ASKS.size()));
            var answer = answer(random, ask);
            operations.add(
                    new TopicOperation(
                            ask,
                            answer,
                            random.nextInt(ask == Ask.DESCRIBE ? 0 : 1, 4),
                            began,
                            answer == Answer.UNKNOWN
                                    ? Long.MAX_VALUE
                                    : began + 1 + random.nextInt(5),
                            List.of()));
        }
        return operations;
    }

    private static Answer answer(Random random, Ask ask) {
        int which = random.nextInt(6);
        if (which == 0) {
            return Answer.UNKNOWN;
        }
        if (which < 4 || ask == Ask.DESCRIBE) {
            return Answer.DONE;
        }
        return switch (ask) {
            case CREATE -> Answer.EXISTS;
            case GROW -> random.nextBoolean() ? Answer.NOT_MORE : Answer.ABSENT;
            case DELETE, DESCRIBE -> Answer.ABSENT;
        };
    }

    /// Every way to go on from `done`.
    private static boolean existsOrder(
            List<TopicOperation> operations, List<TopicOperation> done, int partitions) {
        var rest = operations.stream().filter(op -> !holds(done, op)).toList();
        if (rest.stream().allMatch(TopicOperation::mayBeLeftOut)) {
            return true;
        }
        for (var next : rest) {
            boolean tooLate = rest.stream().anyMatch(other -> other.endNanos() < next.beganNanos());
            int after = next.after(partitions);
            if (!tooLate && after != TopicOperation.IMPOSSIBLE) {
                var more = new ArrayList<>(done);
                more.add(next);
                if (existsOrder(operations, more, after)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Equal operations are different ones.
    @SuppressWarnings("ReferenceEquality")
    private static boolean holds(List<TopicOperation> done, TopicOperation operation) {
        return done.stream().anyMatch(other -> other == operation);
    }
}
