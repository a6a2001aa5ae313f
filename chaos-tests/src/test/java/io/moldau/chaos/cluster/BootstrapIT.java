package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.DeliveryChecker;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.BrokerProcess.Launch;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Processes become a cluster, and a cluster takes in processes: nobody formats, elects or
/// registers anything.
class BootstrapIT {
    private static final int OTHER_CLUSTER = 6;
    private static final int PARTITIONS = 3;
    private static final Duration SETTLES = Duration.ofMinutes(1);
    private static final int ROUNDS = Integer.getInteger("moldau.bootstrap.rounds", 1);

    private final List<BrokerProcess> brokers = new ArrayList<>();

    @AfterEach
    void stopAll() {
        brokers.forEach(broker -> {
            if (broker.isAlive()) {
                broker.kill();
            }
        });
    }

    /// Nodes that know of each other by the ports drawn here.
    private static final class Plan {
        private final String name;
        private final List<Integer> ports;

        Plan(String name, int size) {
            this.name = name;
            this.ports = IntStream.range(0, size).map(_ -> Acceptance.freePort()).boxed().toList();
        }

        String address(int id) {
            return "127.0.0.1:" + ports.get(id - 1);
        }

        String all() {
            return IntStream.rangeClosed(1, ports.size())
                    .mapToObj(this::address)
                    .collect(Collectors.joining(","));
        }

        Launch node(int id) {
            return Acceptance.launch(name + "-" + id)
                    .withOverrides("cluster.listen=" + address(id), "admin.listen=none");
        }

        Launch joining(int id, String join) {
            return node(id).withArguments("--join", join);
        }
    }

    private BrokerProcess add(Launch launch) {
        var broker = BrokerProcess.of(launch);
        brokers.add(broker);
        return broker;
    }

    /// Three nodes that name each other, started one after the other, or all at once: no node waits
    /// to serve before the next one is started.
    @ParameterizedTest
    @ValueSource(strings = {"1 2 3", "3 1 2", "123"})
    void threeNodesFoundAClusterInAnyOrder(String order) {
        for (int round = 0; round < ROUNDS; round++) {
            var plan = new Plan("order-" + order.replace(' ', '-') + "-" + round, 3);
            var nodes =
                    IntStream.rangeClosed(1, 3)
                            .mapToObj(id -> add(plan.joining(id, plan.all())))
                            .toList();

            // when
            long begin = System.nanoTime();
            for (char id : order.replace(" ", "").toCharArray()) {
                nodes.get(id - '1').launch();
                if (order.contains(" ")) {
                    awaitLog(nodes.get(id - '1'));
                }
            }
            nodes.forEach(BrokerProcess::awaitServing);
            var took = Duration.ofNanos(System.nanoTime() - begin);

            // then
            try (var view = new ClusterView(nodes.getFirst().bootstrap())) {
                view.awaitNodes(3);
                assertThat(quorum(view).voters()).hasSize(3);
                worksAcross(view, nodes);
            }
            System.out.printf("start order %s: %d ms%n", order, took.toMillis());
            stopAll();
        }
    }

    /// So that the next one is started when this one is up and looks for it; the last one serves.
    private static void awaitLog(BrokerProcess broker) {
        await("node that looks for others")
                .atMost(SETTLES)
                .until(() ->
                        broker.logText().contains("waiting for the cluster")
                                || broker.logText().contains("serving"));
    }

    private static QuorumInfo quorum(ClusterView view) {
        return ClusterView.get(view.admin().describeMetadataQuorum().quorumInfo());
    }

    /// What is produced through one node is there at the others, on three replicas.
    private static void worksAcross(ClusterView view, List<BrokerProcess> nodes) {
        Topics.create(nodes.get(1).bootstrap(), new NewTopic("orders", PARTITIONS, (short) 3));
        try (var producers = new Producers(nodes.get(2).bootstrap(), "orders", PARTITIONS)) {
            producers.start(1);
            await().atMost(SETTLES).until(() -> producers.acknowledgedCount() > 100);
            assertThat(producers.failures()).isEmpty();
        }
        view.awaitFullIsr("orders");
        assertThat(Records.readBack(nodes.getFirst().bootstrap(), "orders", PARTITIONS))
                .isNotEmpty();
    }

    @Test
    void aClusterOfOneGrowsToFiveWhileItServes() {
        // given
        var plan = new Plan("growth", 5);
        var first = add(plan.node(1));
        first.start();
        Topics.create(first.bootstrap(), "ledger", PARTITIONS);

        // when
        var producers = new Producers(first.bootstrap(), "ledger", PARTITIONS);
        try (producers;
                var view = new ClusterView(first.bootstrap())) {
            producers.start(1);
            for (int id = 2; id <= 5; id++) {
                add(plan.joining(id, plan.address(1))).start();
                view.awaitNodes(id);
                if (id == 3) {
                    awaitVoters(view, 3);
                }
            }

            // then
            awaitVoters(view, 5);
            worksAcross(view, brokers);
            assertThat(producers.failures()).isEmpty();
        }
        var history = new ArrayList<>(producers.history());
        history.addAll(Records.readBack(first.bootstrap(), "ledger", PARTITIONS));
        assertThat(DeliveryChecker.check(history)).isEmpty();
    }

    private static void awaitVoters(ClusterView view, int count) {
        await(count + " voters")
                .atMost(SETTLES)
                .ignoreExceptions()
                .until(() -> quorum(view).voters().size() == count);
    }

    @Test
    void aNodeThatLostItsDiskIsReplacedByItself() throws Exception {
        // given
        var plan = new Plan("wiped", 3);
        IntStream.rangeClosed(1, 3).forEach(id -> add(plan.joining(id, plan.all())).launch());
        brokers.forEach(BrokerProcess::awaitServing);
        try (var view = new ClusterView(brokers.getFirst().bootstrap())) {
            view.awaitNodes(3);
            worksAcross(view, brokers);
            var before = Records.readBack(brokers.getFirst().bootstrap(), "orders", PARTITIONS);
            var lost = brokers.get(1);
            lost.kill();
            delete(lost);

            // when
            lost.start();

            // then
            view.awaitNodes(3);
            view.awaitFullIsr("orders");
            awaitVoters(view, 3);
            assertThat(quorum(view).voters())
                    .extracting(QuorumInfo.ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(Records.readBack(lost.bootstrap(), "orders", PARTITIONS))
                    .hasSameSizeAs(before);
        }
    }

    private static void delete(BrokerProcess broker) throws IOException {
        try (var files = Files.walk(broker.data())) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aStrangerIsRefusedWithBothClusters() {
        // given
        var home = new Plan("home", 1);
        var foreign = new Plan("foreign", 1);
        var member = add(home.node(1));
        member.start();
        var launch = foreign.node(1);
        var stranger = add(launch);
        stranger.start();
        var ids = List.of(clusterId(member), clusterId(stranger));
        stranger.stop();

        // when
        var again = add(launch.withArguments("--join", home.address(1)));

        // then
        assertThatThrownBy(again::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("status " + OTHER_CLUSTER)
                .hasMessageContaining(ids.get(0))
                .hasMessageContaining(ids.get(1));
    }

    private static String clusterId(BrokerProcess broker) {
        try (var view = new ClusterView(broker.bootstrap())) {
            return ClusterView.get(view.admin().describeCluster().clusterId());
        }
    }

    @Test
    void aNodeThatNobodyAnswersSaysWhomItWaitsFor() throws Exception {
        // given
        var plan = new Plan("waiting", 3);
        var first = add(plan.joining(1, plan.all()));

        // when
        first.launch();

        // then
        await().atMost(SETTLES).until(() -> first.logText().contains(plan.address(3)));
        assertThat(first.logText()).contains("have not answered").contains(plan.address(2));
        assertThat(first.isAlive()).isTrue();
        assertThat(first.stop()).isZero();
    }

    private static void awaitReopened(BrokerProcess broker) {
        await("a first line of log")
                .atMost(SETTLES)
                .until(() -> Files.exists(broker.log()) && broker.isAlive());
    }

    /// `kill -9` of all, as a power cut is: they find each other again, whoever comes first.
    @Test
    void aClusterComesBackAfterAllItsNodesWereKilled() throws Exception {
        // given
        var plan = new Plan("blackout", 3);
        IntStream.rangeClosed(1, 3).forEach(id -> add(plan.joining(id, plan.all())).launch());
        brokers.forEach(BrokerProcess::awaitServing);
        try (var view = new ClusterView(brokers.getFirst().bootstrap())) {
            view.awaitNodes(3);
            worksAcross(view, brokers);
        }
        var records = Records.readBack(brokers.getFirst().bootstrap(), "orders", PARTITIONS).size();
        brokers.forEach(BrokerProcess::kill);

        // when
        brokers.get(2).launch();
        awaitReopened(brokers.get(2));
        brokers.get(0).launch();
        brokers.get(1).launch();
        brokers.forEach(BrokerProcess::awaitServing);

        // then
        try (var view = new ClusterView(brokers.getFirst().bootstrap())) {
            view.awaitNodes(3);
            view.awaitFullIsr("orders");
        }
        assertThat(Records.readBack(brokers.get(1).bootstrap(), "orders", PARTITIONS))
                .hasSize(records);
    }
}
