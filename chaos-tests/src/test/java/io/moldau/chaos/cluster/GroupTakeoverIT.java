package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.check.DeliveryChecker;
import io.moldau.chaos.history.Event;
import io.moldau.chaos.history.Event.Resumed;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.SteadyGroup;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.ClusterProcess;
import io.moldau.chaos.run.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// Four members of a group whose coordinator is killed.
///
/// System property: `moldau.takeover.rounds` (2).
class GroupTakeoverIT {
    private static final int ROUNDS = Integer.getInteger("moldau.takeover.rounds", 2);
    private static final int PARTITIONS = 8;
    private static final int MEMBERS = 4;
    private static final String TOPIC = "ledger";
    private static final String GROUP = "bookkeepers";
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    @Test
    void membersKeepGenerationPartitionsAndCommits() {
        try (var cluster =
                        Acceptance.startCluster(
                                "takeover", 3, "group.initial.rebalance.delay.ms=0");
                var view = new ClusterView(cluster.bootstrap())) {
            view.awaitNodes(3);
            Topics.create(
                    cluster.bootstrap(),
                    new NewTopic(TOPIC, PARTITIONS, (short) 3)
                            .configs(Map.of("min.insync.replicas", "2")));
            try (var producers = new Producers(cluster.bootstrap(), TOPIC, PARTITIONS);
                    var group = new SteadyGroup(cluster.bootstrap(), GROUP, TOPIC, MEMBERS)) {
                producers.start(2);
                awaitStable(group);
                for (int round = 1; round <= ROUNDS; round++) {
                    killCoordinator(cluster, view, group);
                }
                assertThat(producers.failures()).isEmpty();
                assertThat(group.failures()).isEmpty();
            }
        }
    }

    private static void killCoordinator(
            ClusterProcess cluster, ClusterView view, SteadyGroup group) {
        view.awaitFullIsr(TOPIC);
        view.awaitFullIsr("__consumer_offsets");
        int assignments = group.assignmentCount();
        var generations = group.generations();
        var coordinator = cluster.node(view.coordinator(GROUP));
        coordinator.kill();
        var history = new ArrayList<Event>(group.promises());
        awaitCommits(group);
        history.addAll(positions(view));
        assertThat(DeliveryChecker.check(history)).isEmpty();
        assertThat(group.ownedPartitions()).hasSize(PARTITIONS);
        assertThat(group.generations()).isEqualTo(generations).hasSize(1);
        assertThat(group.assignmentCount()).isEqualTo(assignments);
        coordinator.start();
    }

    private static List<Event> positions(ClusterView view) {
        var positions =
                ClusterView.get(
                        view.admin()
                                .listConsumerGroupOffsets(GROUP)
                                .partitionsToOffsetAndMetadata());
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> new TopicPartition(TOPIC, i))
                .<Event>map(tp ->
                        new Resumed(
                                GROUP,
                                tp.toString(),
                                positions.containsKey(tp) ? positions.get(tp).offset() : -1))
                .toList();
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
