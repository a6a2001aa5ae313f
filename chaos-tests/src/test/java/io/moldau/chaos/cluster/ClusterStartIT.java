package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From nothing to the first record that three replicas have, as a client waits for it.
///
/// System properties: `moldau.start.rounds` (1), `moldau.start.ms.max` (6000, for the median of the
/// rounds; what is promised, 3000 on an idle machine, is a matter of the processor too).
class ClusterStartIT {
    private static final int ROUNDS = Integer.getInteger("moldau.start.rounds", 1);
    private static final long MS_MAX = Long.getLong("moldau.start.ms.max", 6_000);
    private static final int NODES = 3;
    private static final String TOPIC = "orders";

    @TempDir Path folder;

    @Test
    void threeNodesAcknowledgeSoonAfterTheyAreStarted() throws Exception {
        var tookMs = new ArrayList<Long>();
        for (int round = 0; round < ROUNDS; round++) {
            try (var cluster = Acceptance.cluster("start", NODES)) {
                long begin = System.nanoTime();
                cluster.nodes().forEach(BrokerProcess::launch);
                tookMs.add(untilAcknowledged(cluster.bootstrap(), begin));
            }
        }
        judge("moldau start --join", tookMs);
    }

    @Test
    void devAcknowledgesSoonAfterItIsStarted() throws Exception {
        var tookMs = new ArrayList<Long>();
        for (int round = 0; round < ROUNDS; round++) {
            try (var dev = new DevProcess(folder.resolve("dev-" + round))) {
                long begin = System.nanoTime();
                dev.start();
                tookMs.add(untilAcknowledged("127.0.0.1:" + dev.port(), begin));
            }
        }
        judge("moldau dev -n 3", tookMs);
    }

    private static void judge(String what, List<Long> tookMs) {
        var sorted = tookMs.stream().sorted().toList();
        System.out.printf("%s: first record acknowledged after ms %s%n", what, sorted);
        assertThat(sorted.get(sorted.size() / 2))
                .as("median of %s", sorted)
                .isLessThan(Math.round(MS_MAX * Acceptance.machineBusyness()));
    }

    private static long untilAcknowledged(String bootstrap, long beginNanos) throws Exception {
        var impatient =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "reconnect.backoff.ms",
                        "20",
                        "reconnect.backoff.max.ms",
                        "20",
                        "retry.backoff.ms",
                        "20");
        try (var admin = Admin.create(impatient);
                var producer =
                        new KafkaProducer<>(
                                impatient, new StringSerializer(), new StringSerializer())) {
            await("a topic of three replicas")
                    .atMost(Duration.ofMinutes(1))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> isCreated(admin));
            producer.send(new ProducerRecord<>(TOPIC, "first")).get();
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
        }
    }

    /// Not while fewer than three nodes are known.
    private static boolean isCreated(Admin admin) throws InterruptedException {
        try {
            var topic = new NewTopic(TOPIC, 1, (short) NODES);
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException;
        }
    }
}
