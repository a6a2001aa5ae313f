package io.moldau.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderChoiceTest {
    @Test
    void prefersTheFirstReplicaThatIsInSyncAndAlive() {
        assertThat(LeaderChoice.leader(List.of(1, 2, 3), List.of(3, 2), _ -> true)).hasValue(2);
        assertThat(LeaderChoice.leader(List.of(1, 2, 3), List.of(1, 2, 3), id -> id > 1))
                .hasValue(2);
    }

    @Test
    void leavesAPartitionWithoutLeaderRatherThanLoseRecords() {
        assertThat(LeaderChoice.leader(List.of(1, 2), List.of(1), id -> id == 2)).isEmpty();
    }
}
