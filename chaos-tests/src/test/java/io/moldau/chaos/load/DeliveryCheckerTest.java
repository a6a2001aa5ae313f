package io.moldau.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.load.Event.Acknowledged;
import io.moldau.chaos.load.Event.Committed;
import io.moldau.chaos.load.Event.Found;
import io.moldau.chaos.load.Event.Refused;
import io.moldau.chaos.load.Event.Resumed;
import io.moldau.chaos.load.Event.Unresolved;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One bad history for each anomaly: a checker that has never caught one proves nothing.
class DeliveryCheckerTest {
    private static final String P = "orders-0";
    private static final String A = "producer-a";
    private static final String B = "producer-b";

    @Test
    void isContentWithWhatWasPromised() {
        assertThat(
                        kindsIn(
                                new Acknowledged(A, P, 1, 0),
                                new Unresolved(B, P, 1),
                                new Acknowledged(A, P, 2, 2),
                                new Refused(B, P, 2),
                                new Unresolved(B, P, 3),
                                new Committed("g", P, 2),
                                new Resumed("g", P, 2),
                                found(A, 1, 0),
                                found(B, 1, 1),
                                found(A, 2, 2)))
                .isEmpty();
    }

    @Test
    void seesALostRecord() {
        assertThat(
                        kindsIn(
                                new Acknowledged(A, P, 1, 0),
                                new Acknowledged(A, P, 2, 1),
                                found(A, 1, 0)))
                .containsExactly(Kind.LOST_WRITE);
    }

    @Test
    void seesADuplicate() {
        assertThat(kindsIn(new Acknowledged(A, P, 1, 0), found(A, 1, 0), found(A, 1, 1)))
                .containsExactly(Kind.DUPLICATE);
    }

    @Test
    void seesADuplicateOfARecordOfUnknownOutcome() {
        assertThat(kindsIn(new Unresolved(A, P, 1), found(A, 1, 0), found(A, 1, 1)))
                .containsExactly(Kind.DUPLICATE);
    }

    @Test
    void seesRecordsOutOfOrder() {
        assertThat(
                        kindsIn(
                                new Acknowledged(A, P, 1, 1),
                                new Acknowledged(A, P, 2, 0),
                                found(A, 2, 0),
                                found(A, 1, 1)))
                .containsExactly(Kind.NONMONOTONIC_SEND);
    }

    @Test
    void seesARecordAtAnotherOffsetThanAcknowledged() {
        assertThat(kindsIn(new Acknowledged(A, P, 1, 5), found(A, 1, 6)))
                .containsExactly(Kind.INCONSISTENT_OFFSETS);
    }

    @Test
    void seesARefusedRecordThatIsThere() {
        assertThat(kindsIn(new Refused(A, P, 1), found(A, 1, 0)))
                .containsExactly(Kind.UNEXPECTED_WRITE);
    }

    @Test
    void seesARecordThatNobodySent() {
        assertThat(kindsIn(found(A, 1, 0))).containsExactly(Kind.UNEXPECTED_WRITE);
    }

    @Test
    void seesOffsetsThatAreReadBackwards() {
        assertThat(
                        kindsIn(
                                new Acknowledged(A, P, 1, 1),
                                new Acknowledged(B, P, 1, 0),
                                found(A, 1, 1),
                                found(B, 1, 0)))
                .containsExactly(Kind.NONMONOTONIC_POLL);
    }

    @Test
    void seesACommitThatWentBack() {
        assertThat(
                        kindsIn(
                                new Committed("g", P, 7),
                                new Committed("g", P, 9),
                                new Resumed("g", P, 7)))
                .containsExactly(Kind.COMMIT_WENT_BACK);
    }

    @Test
    void seesACommitThatIsGone() {
        assertThat(kindsIn(new Committed("g", P, 7), new Resumed("g", P, -1)))
                .containsExactly(Kind.COMMIT_WENT_BACK);
    }

    @Test
    void allowsACommitThatWasMeantToGoBack() {
        assertThat(
                        kindsIn(
                                new Committed("g", P, 9),
                                new Committed("g", P, 4),
                                new Resumed("g", P, 4)))
                .isEmpty();
    }

    private static Found found(String producer, long value, long offset) {
        return new Found(P, producer, value, offset);
    }

    private static List<Kind> kindsIn(Event... history) {
        return DeliveryChecker.check(List.of(history)).stream().map(Anomaly::kind).toList();
    }
}
