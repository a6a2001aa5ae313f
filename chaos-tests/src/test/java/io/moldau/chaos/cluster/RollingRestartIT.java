package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.SteadyGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Every node stopped and started again, one after the other, each when `/safe-to-stop` allows it.
class RollingRestartIT {
    private static final int PARTITIONS = 6;
    private static final int MEMBERS = 2;
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    @Test
    void failsNoSendAndMovesNoPartitionOfAGroup() {
        try (var cluster = LedgerCluster.start("rolling", PARTITIONS)) {
            var producers = new Producers(cluster.bootstrap(), LedgerCluster.TOPIC, PARTITIONS);
            try (producers;
                    var group =
                            new SteadyGroup(
                                    cluster.bootstrap(), "readers", LedgerCluster.TOPIC, MEMBERS)) {
                producers.start(2);
                awaitStable(group);
                awaitProgress(producers, group);
                int assignments = group.assignmentCount();
                for (int id = 1; id <= cluster.size(); id++) {
                    restart(cluster, id, producers, group);
                    cluster.awaitFullIsr();
                }
                assertThat(group.assignmentCount()).isEqualTo(assignments);
                assertThat(group.failures()).isEmpty();
            }
            cluster.judge(producers);
        }
    }

    private static void restart(
            LedgerCluster cluster, int id, Producers producers, SteadyGroup group) {
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

    private static void awaitStable(SteadyGroup group) {
        await("all partitions are owned, in one generation of all members")
                .atMost(RECOVERS)
                .until(() ->
                        group.ownedPartitions().size() == PARTITIONS
                                && group.generations().size() == 1
                                && group.assignmentCount() >= MEMBERS);
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
