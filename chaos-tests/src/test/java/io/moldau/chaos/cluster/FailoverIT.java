package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.CommittingGroup;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.run.BrokerProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Nodes that end while producers send and a group commits: three nodes, three replicas.
///
/// System property: `moldau.failover.rounds` (1), of each way to end.
class FailoverIT {
    private static final int ROUNDS = Integer.getInteger("moldau.failover.rounds", 1);
    private static final int PARTITIONS = 6;
    private static final int PRODUCERS = 3;
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    /// Who is hit, and how.
    private enum Blow {
        KILL_LEADER(false),
        KILL_CONTROLLER(true),
        TERMINATE(false),
        HANG(false);

        private final boolean controller;

        Blow(boolean controller) {
            this.controller = controller;
        }

        private void strike(BrokerProcess node) {
            switch (this) {
                case KILL_LEADER, KILL_CONTROLLER -> node.kill();
                case TERMINATE -> assertThat(node.stop()).isZero();
                case HANG -> node.pause();
            }
        }

        private void undo(BrokerProcess node) {
            if (this == HANG) {
                node.resume();
            } else {
                node.start();
            }
        }
    }

    @Test
    void keepsEveryAcknowledgedRecordWhoeverFails() {
        try (var cluster = LedgerCluster.start("failover", PARTITIONS)) {
            var producers =
                    new Producers(
                            cluster.bootstrap(),
                            LedgerCluster.TOPIC,
                            PARTITIONS,
                            Map.<String, Object>of("request.timeout.ms", 3000));
            try (producers;
                    var group =
                            new CommittingGroup(
                                    cluster.bootstrap(), "bookkeeper", LedgerCluster.TOPIC)) {
                producers.start(PRODUCERS);
                for (int round = 1; round <= ROUNDS; round++) {
                    for (var blow : Blow.values()) {
                        strike(blow, cluster, producers, group);
                    }
                }
            }
            cluster.judge(producers);
        }
    }

    private static void strike(
            Blow blow, LedgerCluster cluster, Producers producers, CommittingGroup group) {
        awaitProgress(producers, group);
        cluster.awaitFullIsr();
        var node = cluster.node(victim(blow, cluster.view()));
        producers.forgetGaps();
        blow.strike(node);
        awaitProgress(producers, group);
        var gap = producers.longestGap();
        long begin = System.nanoTime();
        blow.undo(node);
        cluster.awaitFullIsr();
        System.out.printf(
                "%s: longest gap %d ms, whole again after %d ms%n",
                blow, gap.toMillis(), Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }

    private static int victim(Blow blow, ClusterView view) {
        int controller = view.controller();
        if (blow.controller) {
            return controller;
        }
        return view.partitions(LedgerCluster.TOPIC).stream()
                .map(partition -> partition.leader().id())
                .filter(id -> id != controller)
                .findFirst()
                .orElse(controller);
    }

    private static void awaitProgress(Producers producers, CommittingGroup group) {
        long now = System.nanoTime();
        long commits = group.commitCount();
        await("progress of every partition")
                .atMost(RECOVERS)
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        producers.allAcknowledgedSince(now) && group.commitCount() > commits + 1);
    }
}
