package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.check.DeliveryChecker;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.load.SteadyGroup;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.ClusterProcess;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/// Every node stopped and started again, one after the other, each when `/safe-to-stop` allows it.
class RollingRestartIT {
    private static final int PARTITIONS = 6;
    private static final int MEMBERS = 2;
    private static final String TOPIC = "ledger";
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    @Test
    void failsNoSendAndMovesNoPartitionOfAGroup() {
        try (var cluster =
                        Acceptance.startCluster(
                                "rolling", 3, "group.initial.rebalance.delay.ms=0");
                var view = new ClusterView(cluster.bootstrap())) {
            view.awaitNodes(3);
            Topics.create(
                    cluster.bootstrap(),
                    new NewTopic(TOPIC, PARTITIONS, (short) 3)
                            .configs(Map.of("min.insync.replicas", "2")));
            var producers = new Producers(cluster.bootstrap(), TOPIC, PARTITIONS);
            try (producers;
                    var group = new SteadyGroup(cluster.bootstrap(), "readers", TOPIC, MEMBERS)) {
                producers.start(2);
                awaitProgress(producers, group);
                int assignments = group.assignmentCount();
                for (int id = 1; id <= cluster.nodes().size(); id++) {
                    restart(cluster, id, producers, group);
                    view.awaitFullIsr(TOPIC);
                }
                assertThat(group.assignmentCount()).isEqualTo(assignments);
                assertThat(group.failures()).isEmpty();
            }
            assertThat(producers.failures()).isEmpty();
            var history = new ArrayList<>(producers.history());
            history.addAll(Records.readBack(cluster.bootstrap(), TOPIC, PARTITIONS));
            assertThat(DeliveryChecker.check(history)).isEmpty();
        }
    }

    private static void restart(
            ClusterProcess cluster, int id, Producers producers, SteadyGroup group) {
        await("node " + id + " may be stopped")
                .atMost(RECOVERS)
                .until(() -> status(cluster.adminUri(id).resolve("/safe-to-stop")) == 200);
        producers.forgetGaps();
        assertThat(cluster.node(id).stop()).isZero();
        awaitProgress(producers, group);
        System.out.printf(
                "node %d stopped: longest gap %d ms%n", id, producers.longestGap().toMillis());
        cluster.node(id).start();
    }

    private static int status(URI uri) throws InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1; // Not up yet.
        }
    }

    private static void awaitProgress(Producers producers, SteadyGroup group) {
        long now = System.nanoTime();
        long commits = group.commitCount();
        await("progress of every partition")
                .atMost(RECOVERS)
                .until(() ->
                        producers.allAcknowledgedSince(now)
                                && group.commitCount() > commits + MEMBERS);
    }
}
