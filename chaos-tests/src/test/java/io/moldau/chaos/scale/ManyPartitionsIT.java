package io.moldau.chaos.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// Thousands of partitions on one node, and hundreds with hardly any file descriptors.
/// `-Dmoldau.partitions=10000` for the whole measure; a short one runs by default.
class ManyPartitionsIT {
    private static final int PARTITIONS = Integer.getInteger("moldau.partitions", 1_000);
    private static final int PER_TOPIC = 100;
    private static final int FEW_FILES = 256;
    private static final int PARTITIONS_WITH_FEW_FILES = 500;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(200);

    @Test
    void leadsThemAllAndServesAgainAfterARestart() throws Exception {
        try (var broker = Acceptance.startBroker("many-partitions")) {
            say("idle", 0, broker);
            fill(broker, PARTITIONS);
            assertThat(broker.stop()).isZero();
            long begin = System.nanoTime();
            long servedMs = broker.start().toMillis();
            try (var admin = admin(broker)) {
                await("led again")
                        .atMost(TIMEOUT)
                        .ignoreExceptions()
                        .until(() -> allHold(admin, PARTITIONS, 1));
            }
            say("restarted, answers after %d ms, all led".formatted(servedMs), begin, broker);
            assertThat(read(broker, PARTITIONS)).hasSize(PARTITIONS);
            say("read one record of each", begin, broker);
        }
    }

    @Test
    void needsHardlyAnyFileDescriptors() throws Exception {
        var launch =
                Acceptance.launch("few-files")
                        .withPrefix(
                                "bash",
                                "-c",
                                "ulimit -n " + FEW_FILES + "; exec \"$@\"",
                                "limited");
        try (var broker = BrokerProcess.start(launch)) {
            fill(broker, PARTITIONS_WITH_FEW_FILES);
            assertThat(read(broker, PARTITIONS_WITH_FEW_FILES)).hasSize(PARTITIONS_WITH_FEW_FILES);
            assertThat(broker.figures().openFiles()).isLessThanOrEqualTo(FEW_FILES);
            broker.kill();
            broker.start();
            assertThat(read(broker, PARTITIONS_WITH_FEW_FILES)).hasSize(PARTITIONS_WITH_FEW_FILES);
            say("read again after kill -9", 0, broker);
        }
    }

    /// Creates so many partitions, waits until they are led, and puts one record into each.
    private static void fill(BrokerProcess broker, int partitions) throws Exception {
        long begin = System.nanoTime();
        try (var admin = admin(broker)) {
            for (int topic = 0; topic < partitions / PER_TOPIC; topic++) {
                admin.createTopics(List.of(new NewTopic(name(topic), PER_TOPIC, (short) 1)))
                        .all()
                        .get();
            }
            say("created", begin, broker);
            await("led")
                    .atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> allHold(admin, partitions, 0));
            say("led", begin, broker);
        }
        produce(broker, partitions);
        say("one record in each", begin, broker);
    }

    private static void produce(BrokerProcess broker, int partitions) throws Exception {
        var settings = Map.<String, Object>of("bootstrap.servers", broker.bootstrap());
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var sends = new ArrayList<Future<?>>();
            for (var tp : all(partitions)) {
                sends.add(
                        producer.send(
                                new ProducerRecord<>(
                                        tp.topic(), tp.partition(), "k", tp.toString())));
            }
            producer.flush();
            for (var send : sends) {
                send.get();
            }
        }
    }

    private static List<String> read(BrokerProcess broker, int partitions) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrap(), "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(all(partitions));
            var values = new ArrayList<String>();
            await("read all")
                    .atMost(TIMEOUT)
                    .pollInSameThread()
                    .until(() -> {
                        consumer.poll(POLL).forEach(record -> values.add(record.value()));
                        return values.size() >= partitions;
                    });
            return values;
        }
    }

    private static boolean allHold(Admin admin, int partitions, long endOffset)
            throws ExecutionException, InterruptedException {
        var queries = new HashMap<TopicPartition, OffsetSpec>();
        all(partitions).forEach(tp -> queries.put(tp, OffsetSpec.latest()));
        return admin.listOffsets(queries).all().get().values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .allMatch(end -> end == endOffset);
    }

    private static List<TopicPartition> all(int partitions) {
        var all = new ArrayList<TopicPartition>(partitions);
        for (int i = 0; i < partitions; i++) {
            all.add(new TopicPartition(name(i / PER_TOPIC), i % PER_TOPIC));
        }
        return all;
    }

    private static String name(int topic) {
        return "many-" + topic;
    }

    private static Admin admin(BrokerProcess broker) {
        return Admin.create(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrap(),
                        "default.api.timeout.ms",
                        "300000"));
    }

    private static void say(String what, long begin, BrokerProcess broker) {
        var after =
                begin == 0
                        ? ""
                        : " after "
                                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)
                                + " ms";
        System.out.printf("%s%s: %s%n", what, after, broker.figures());
    }
}
