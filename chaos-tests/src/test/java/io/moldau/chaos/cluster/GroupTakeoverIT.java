package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.DeliveryChecker;
import io.moldau.chaos.load.Event;
import io.moldau.chaos.load.Positions;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.SteadyGroup;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Four members of a group whose coordinator is killed.
///
/// System property: `moldau.takeover.rounds` (2).
class GroupTakeoverIT {
    private static final int ROUNDS = Integer.getInteger("moldau.takeover.rounds", 2);
    private static final int PARTITIONS = 8;
    private static final int MEMBERS = 4;
    private static final String TOPIC = LedgerCluster.TOPIC;
    private static final String GROUP = "bookkeepers";
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    @Test
    void membersKeepGenerationPartitionsAndCommits() {
        try (var cluster = LedgerCluster.start("takeover", PARTITIONS)) {
            try (var producers = new Producers(cluster.bootstrap(), TOPIC, PARTITIONS);
                    var group = new SteadyGroup(cluster.bootstrap(), GROUP, TOPIC, MEMBERS)) {
                producers.start(2);
                awaitStable(group);
                for (int round = 1; round <= ROUNDS; round++) {
                    killCoordinator(cluster, group);
                }
                assertThat(producers.failures()).isEmpty();
                assertThat(group.failures()).isEmpty();
            }
        }
    }

    private static void killCoordinator(LedgerCluster cluster, SteadyGroup group) {
        var view = cluster.view();
        cluster.awaitFullIsr();
        view.awaitFullIsr("__consumer_offsets");
        int assignments = group.assignmentCount();
        var generations = group.generations();
        var coordinator = cluster.node(view.coordinator(GROUP));
        coordinator.kill();
        var history = new ArrayList<Event>(group.promises());
        awaitCommits(group);
        history.addAll(Positions.of(view.admin(), GROUP, TOPIC, PARTITIONS));
        assertThat(DeliveryChecker.check(history)).isEmpty();
        assertThat(group.ownedPartitions()).hasSize(PARTITIONS);
        assertThat(group.generations()).isEqualTo(generations).hasSize(1);
        assertThat(group.assignmentCount()).isEqualTo(assignments);
        coordinator.start();
    }

    private static void awaitStable(SteadyGroup group) {
        await("all partitions are owned, in one generation")
                .atMost(RECOVERS)
                .until(() ->
                        group.ownedPartitions().size() == PARTITIONS
                                && group.generations().size() == 1
                                && group.assignmentCount() >= MEMBERS);
        awaitCommits(group);
    }

    private static void awaitCommits(SteadyGroup group) {
        long before = group.commitCount();
        await("commits").atMost(RECOVERS).until(() -> group.commitCount() > before + 3 * MEMBERS);
    }
}
