package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {
    private final MemoryBudget budget = new MemoryBudget(100);
    private final List<String> granted = new ArrayList<>();

    private MemoryBudget.Leave await(String name, long bytes) {
        return budget.await(bytes, 0, Runnable::run, () -> granted.add(name));
    }

    @Test
    void grantsInTheOrderOfTheLine() {
        // given
        budget.tryTake(100);
        await("large", 60);
        await("small", 10);

        // when
        budget.giveBack(50); // Enough for the small one only, which stands behind.
        var early = List.copyOf(granted);
        budget.giveBack(50);

        // then
        assertThat(early).isEmpty();
        assertThat(granted).containsExactly("large", "small");
        assertThat(budget.usedBytes()).isEqualTo(70);
    }

    @Test
    void letsNobodyPassTheLine() {
        // given
        budget.tryTake(60);
        await("first", 50);

        // when
        boolean taken = budget.tryTake(10);

        // then
        assertThat(taken).isFalse();
    }

    @Test
    void servesTheNextWhenTheFirstLeaves() {
        // given
        budget.tryTake(60);
        var first = await("first", 90);
        await("second", 30);

        // when
        boolean left = first.leave();

        // then
        assertThat(left).isTrue();
        assertThat(granted).containsExactly("second");
        assertThat(budget.tryTake(10)).isTrue();
    }

    @Test
    void tellsWhoLeavesTooLateThatTheBytesAreHis() {
        // given
        budget.tryTake(100);
        var place = await("late", 10);
        budget.giveBack(100);

        // when
        boolean left = place.leave();

        // then
        assertThat(left).isFalse();
        assertThat(budget.usedBytes()).isEqualTo(10);
    }

    @Test
    void grantsMoreThanItHasToOneAlone() {
        // given
        boolean taken = budget.tryTake(1_000);

        // when
        await("next", 1);
        budget.giveBack(1_000);

        // then
        assertThat(taken).isTrue();
        assertThat(granted).containsExactly("next");
    }

    @Test
    void servesWhoHoldsSomethingFirst() {
        // given
        budget.tryTake(60);
        budget.tryTake(40);
        await("newcomer", 30);
        budget.await(40, 40, Runnable::run, () -> granted.add("grower"));

        // when
        budget.giveBack(60);

        // then
        assertThat(granted).containsExactly("grower");
    }

    /// They would wait for one another forever.
    @Test
    void letsOneOfThoseWhoHoldItAllGoBeyondTheBound() {
        // given
        budget.tryTake(50);
        budget.tryTake(50);
        budget.await(30, 50, Runnable::run, () -> granted.add("one"));
        var before = List.copyOf(granted);

        // when
        budget.await(30, 50, Runnable::run, () -> granted.add("other"));
        var beyond = List.copyOf(granted);
        budget.giveBack(80);

        // then
        assertThat(before).isEmpty();
        assertThat(beyond).containsExactly("other");
        assertThat(granted).containsExactly("other", "one");
    }
}
