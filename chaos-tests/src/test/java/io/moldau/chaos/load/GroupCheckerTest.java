package io.moldau.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.load.GroupEvent.Assigned;
import io.moldau.chaos.load.GroupEvent.Committed;
import io.moldau.chaos.load.GroupEvent.Received;
import io.moldau.chaos.load.GroupEvent.Revoked;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One bad history for each anomaly.
class GroupCheckerTest {
    private static final String P = "orders-0";

    private final List<GroupEvent> first =
            List.of(
                    new Assigned("a", 10, Set.of(P)),
                    new Received("a", 20, P, 0),
                    new Received("a", 20, P, 1),
                    new Committed("a", 30, P, 2),
                    new Revoked("a", 40, Set.of(P)));

    @Test
    void isContentWhenTheNextMemberGoesOnAtTheCommit() {
        assertThat(
                        kindsIn(
                                3,
                                first,
                                List.of(
                                        new Assigned("b", 50, Set.of(P)),
                                        new Received("b", 60, P, 2))))
                .isEmpty();
    }

    @Test
    void allowsARecordAgainThatWasNotCommitted() {
        assertThat(
                        kindsIn(
                                2,
                                List.of(
                                        new Assigned("a", 10, Set.of(P)),
                                        new Received("a", 20, P, 0),
                                        new Received("a", 20, P, 1)),
                                List.of(
                                        new Assigned("b", 50, Set.of(P)),
                                        new Received("b", 60, P, 0))))
                .isEmpty();
    }

    @Test
    void seesARecordAgainThatWasCommitted() {
        assertThat(
                        kindsIn(
                                3,
                                first,
                                List.of(
                                        new Assigned("b", 50, Set.of(P)),
                                        new Received("b", 60, P, 1),
                                        new Received("b", 60, P, 2))))
                .containsExactly(Kind.COMMIT_WENT_BACK);
    }

    @Test
    void seesARecordThatReachedNobody() {
        assertThat(kindsIn(3, first)).containsExactly(Kind.UNSEEN);
    }

    @Test
    void seesAPartitionOfWhichNothingReachedAnybody() {
        assertThat(kindsIn(1)).containsExactly(Kind.UNSEEN);
    }

    @Test
    void seesASkippedOffset() {
        assertThat(
                        kindsIn(
                                3,
                                first,
                                List.of(
                                        new Assigned("b", 5, Set.of(P)),
                                        new Received("b", 6, P, 0),
                                        new Received("b", 6, P, 2))))
                .containsExactly(Kind.POLL_SKIP);
    }

    @Test
    void seesOffsetsThatGoBack() {
        assertThat(
                        kindsIn(
                                2,
                                List.of(
                                        new Assigned("a", 10, Set.of(P)),
                                        new Received("a", 20, P, 0),
                                        new Received("a", 20, P, 1),
                                        new Received("a", 20, P, 0))))
                .containsExactly(Kind.NONMONOTONIC_POLL);
    }

    @Test
    void seesARecordOfAPartitionThatWasTakenAway() {
        assertThat(
                        kindsIn(
                                3,
                                List.of(
                                        new Assigned("a", 10, Set.of(P)),
                                        new Received("a", 20, P, 0),
                                        new Received("a", 20, P, 1),
                                        new Revoked("a", 30, Set.of(P)),
                                        new Received("a", 40, P, 2))))
                .containsExactly(Kind.UNOWNED_POLL);
    }

    private static List<Kind> kindsIn(long endOffset) {
        return kindsIn(endOffset, List.of(), List.of());
    }

    private static List<Kind> kindsIn(long endOffset, List<GroupEvent> member) {
        return kindsIn(endOffset, member, List.of());
    }

    private static List<Kind> kindsIn(
            long endOffset, List<GroupEvent> member, List<GroupEvent> another) {
        return GroupChecker.check(List.of(member, another), Map.of(P, endOffset)).stream()
                .map(Anomaly::kind)
                .toList();
    }
}
