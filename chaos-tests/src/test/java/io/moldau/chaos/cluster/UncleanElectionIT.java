package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.chaos.run.Acceptance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// All replicas in sync are lost, and one that lacks the newest record is there:
/// `unclean.leader.election.enable` decides whether it leads.
class UncleanElectionIT {
    private static final int BEHIND = 3;
    private static final int AHEAD = 2;
    private static final String SAFE = "safe";
    private static final String BOLD = "bold";
    private static final Duration POLL = Duration.ofMillis(100);

    @Test
    void aReplicaThatLacksRecordsLeadsOnlyWhereThatIsAllowed() throws Exception {
        try (var cluster = Acceptance.startCluster("unclean", 3);
                var view = new ClusterView(cluster.bootstrap())) {
            // given
            view.awaitNodes(3);
            view.create(onTwoNodes(SAFE, false));
            view.create(onTwoNodes(BOLD, true));
            sendToBoth(cluster.bootstrap(), "both-have-it");
            cluster.node(BEHIND).kill();
            view.awaitIsr(SAFE, 1);
            view.awaitIsr(BOLD, 1);
            sendToBoth(cluster.bootstrap(), "one-has-it");

            // when
            cluster.node(AHEAD).kill();
            cluster.node(BEHIND).start();

            // then
            view.awaitLeader(BOLD, 0, BEHIND);
            view.awaitLeader(SAFE, 0, -1);
            send(cluster.bootstrap(), BOLD, "after");
            assertThat(read(cluster.bootstrap(), BOLD, 2)).containsExactly("both-have-it", "after");
            assertThatThrownBy(() -> send(cluster.bootstrap(), SAFE, "nobody-takes-it"))
                    .hasRootCauseInstanceOf(TimeoutException.class);

            // and when the one that has everything returns, it loses nothing or follows
            cluster.node(AHEAD).start();
            view.awaitFullIsr(SAFE);
            view.awaitFullIsr(BOLD);
            assertThat(read(cluster.bootstrap(), SAFE, 2))
                    .containsExactly("both-have-it", "one-has-it");
            assertThat(read(cluster.bootstrap(), BOLD, 2)).containsExactly("both-have-it", "after");
        }
    }

    /// An operator who changes the setting while a partition has no leader gets one.
    @Test
    void allowingItLaterGivesTheLeaderlessPartitionALeader() throws Exception {
        try (var cluster = Acceptance.startCluster("unclean-later", 3);
                var view = new ClusterView(cluster.bootstrap())) {
            // given
            view.awaitNodes(3);
            view.create(onTwoNodes(SAFE, false));
            cluster.node(BEHIND).kill();
            view.awaitIsr(SAFE, 1);
            send(cluster.bootstrap(), SAFE, "one-has-it");
            cluster.node(AHEAD).kill();
            cluster.node(BEHIND).start();
            view.awaitLeader(SAFE, 0, -1);

            // when
            var allow =
                    new AlterConfigOp(
                            new ConfigEntry("unclean.leader.election.enable", "true"), OpType.SET);
            ClusterView.get(
                    view.admin()
                            .incrementalAlterConfigs(
                                    Map.of(
                                            new ConfigResource(ConfigResource.Type.TOPIC, SAFE),
                                            List.of(allow)))
                            .all());

            // then
            view.awaitLeader(SAFE, 0, BEHIND);
        }
    }

    private static NewTopic onTwoNodes(String name, boolean unclean) {
        return new NewTopic(name, Map.of(0, List.of(AHEAD, BEHIND)))
                .configs(Map.of("unclean.leader.election.enable", Boolean.toString(unclean)));
    }

    private static void sendToBoth(String bootstrap, String value) throws Exception {
        send(bootstrap, SAFE, value);
        send(bootstrap, BOLD, value);
    }

    private static void send(String bootstrap, String topic, String value)
            throws ExecutionException, InterruptedException {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "max.block.ms",
                        "5000",
                        "request.timeout.ms",
                        "4000",
                        "delivery.timeout.ms",
                        "5000");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> read(String bootstrap, String topic, int count) {
        var found = new ArrayList<String>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of("bootstrap.servers", bootstrap),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            var partition = List.of(new TopicPartition(topic, 0));
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            while (found.size() < count) {
                consumer.poll(POLL).forEach(record -> found.add(record.value()));
            }
            return found;
        }
    }
}
