package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// What a producer is answered and a consumer can read, for every `acks`, every
/// `min.insync.replicas` and every number of replicas that live, against what Kafka 4.3.1 did.
///
/// The topics are on nodes 1, 2 and 3 of five: with two of them gone the cluster still decides.
/// `-Dmoldau.golden.record=FOLDER` writes the table down instead of comparing it; run so on the
/// real Kafka it gives the two files in `resources/cluster`.
class AcksTableIT {
    private static final int NODES = 5;
    private static final int REPLICAS = 3;
    private static final int LEADER = 1;
    private static final List<String> ACKS = List.of("0", "1", "all");
    private static final String RECORD_INTO = System.getProperty("moldau.golden.record");

    /// How long what is accepted may take until it is readable; what is not by then never is.
    private static final Duration BECOMES_READABLE = Duration.ofSeconds(4);

    private static final Duration POLL = Duration.ofMillis(100);

    private static final Map<String, String> ANSWERS = new LinkedHashMap<>();
    private static final Map<String, Long> READABLE = new LinkedHashMap<>();

    @BeforeAll
    static void playAllCells() throws IOException {
        try (var cluster = Acceptance.startCluster("acks-table", NODES);
                var view = new ClusterView(cluster.bootstrap())) {
            view.awaitNodes(NODES);
            var topics = new ArrayList<String>();
            for (int minIsr = 1; minIsr <= REPLICAS; minIsr++) {
                topics.add(topic(minIsr));
                view.create(
                        new NewTopic(topic(minIsr), Map.of(0, List.of(1, 2, 3)))
                                .configs(Map.of("min.insync.replicas", "" + minIsr)));
            }
            var bootstrap = cluster.node(LEADER).bootstrap();
            for (int alive = REPLICAS; alive > 0; alive--) {
                int left = alive;
                topics.forEach(topic -> view.awaitIsr(topic, left));
                playCellsOf(alive, bootstrap);
                cluster.node(alive).kill();
            }
            // Real nodes do not stop in order when so few are left.
            cluster.nodes().stream().filter(BrokerProcess::isAlive).forEach(BrokerProcess::kill);
        }
        if (RECORD_INTO != null) {
            record();
        }
    }

    private static void playCellsOf(int alive, String bootstrap) {
        for (int minIsr = 1; minIsr <= REPLICAS; minIsr++) {
            for (var acks : ACKS) {
                ANSWERS.put(
                        "%d,%d,%s".formatted(alive, minIsr, acks),
                        answer(bootstrap, topic(minIsr), acks));
            }
        }
        readable(bootstrap)
                .forEach((topic, count) -> READABLE.put("%d,%s".formatted(alive, topic), count));
    }

    private static String topic(int minIsr) {
        return "min" + minIsr;
    }

    /// What a producer that tries once is told.
    private static String answer(String bootstrap, String topic, String acks) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        acks,
                        "retries",
                        "0",
                        "enable.idempotence",
                        "false",
                        "request.timeout.ms",
                        "10000",
                        "delivery.timeout.ms",
                        "15000");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, acks)).get();
            return "ok";
        } catch (ExecutionException e) {
            return Errors.forException(e.getCause()).name();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// How many records each topic gives from its beginning, once they stay the same.
    private static Map<String, Long> readable(String bootstrap) {
        var settings = Map.<String, Object>of("bootstrap.servers", bootstrap);
        var counts = new HashMap<String, Long>();
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partitions = new ArrayList<TopicPartition>();
            for (int minIsr = 1; minIsr <= REPLICAS; minIsr++) {
                partitions.add(new TopicPartition(topic(minIsr), 0));
                counts.put(topic(minIsr), 0L);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + BECOMES_READABLE.toNanos();
            while (System.nanoTime() < end) {
                consumer.poll(POLL).forEach(record -> counts.merge(record.topic(), 1L, Long::sum));
            }
        }
        return counts;
    }

    private static void record() throws IOException {
        var folder = Files.createDirectories(Path.of(RECORD_INTO));
        var answers = new StringBuilder("alive,min.insync.replicas,acks,answer\n");
        ANSWERS.forEach((cell, answer) -> answers.append(cell + "," + answer + "\n"));
        Files.writeString(folder.resolve("acks-answers.csv"), answers);
        var readable = new StringBuilder("alive,topic,readable\n");
        READABLE.forEach((row, count) -> readable.append(row + "," + count + "\n"));
        Files.writeString(folder.resolve("acks-readable.csv"), readable);
    }

    @ParameterizedTest(name = "{0} alive, min.insync.replicas={1}, acks={2}: {3}")
    @CsvFileSource(resources = "/cluster/acks-answers.csv", numLinesToSkip = 1)
    void aProducerIsAnsweredAsByKafka(int alive, int minIsr, String acks, String answer) {
        assertThat(ANSWERS).containsEntry("%d,%d,%s".formatted(alive, minIsr, acks), answer);
    }

    /// Nothing more becomes readable below `min.insync.replicas`; all that was stays so.
    @ParameterizedTest(name = "{0} alive, {1}: {2} records")
    @CsvFileSource(resources = "/cluster/acks-readable.csv", numLinesToSkip = 1)
    void aConsumerReadsWhatItReadsFromKafka(int alive, String topic, long count) {
        assertThat(READABLE).containsEntry("%d,%s".formatted(alive, topic), count);
    }
}
