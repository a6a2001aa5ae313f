package io.moldau.chaos.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// Garbage, lies about lengths, half requests and idle connections against a real process: it
/// serves on, and stays small.
///
/// `-Dmoldau.bad.inputs` (20000) sets how many, `-Dmoldau.bad.seed` replays a run.
class BadInputIT {
    private static final int INPUTS = Integer.getInteger("moldau.bad.inputs", 20_000);
    private static final long SEED =
            Long.getLong("moldau.bad.seed", ThreadLocalRandom.current().nextLong(1_000_000));
    private static final int HALF_OPEN = 200;
    private static final long GROWTH_MAX = 256L << 20;
    private static final int FILES_GROWTH_MAX = 40;
    private static final int READ_TIMEOUT_MS = 10_000;
    private static final int PER_CONNECTION = 4;
    private static final String TOPIC = "untouched";
    private static final Duration POLL = Duration.ofMillis(200);

    private int hungUp;

    @Test
    void leavesTheBrokerUnharmed() throws Exception {
        System.out.printf("%d bad inputs, -Dmoldau.bad.seed=%d%n", INPUTS, SEED);
        try (var broker = Acceptance.startBroker("bad-input")) {
            Topics.create(broker.bootstrap(), TOPIC, 1);
            produce(broker, "before");
            var input = new BadInput(new Random(SEED), TOPIC);
            send(
                    broker,
                    input,
                    INPUTS / 10); // What is loaded and pooled once must not count as growth.
            var before = broker.figures();
            send(broker, input, INPUTS);
            openHalf(broker);
            var after = broker.figures();
            System.out.printf("before: %s%nafter:  %s%nhung up on: %d%n", before, after, hungUp);

            assertThat(broker.isAlive()).isTrue();
            assertThat(after.residentBytes() - before.residentBytes())
                    .as("growth")
                    .isLessThan(GROWTH_MAX);
            await("connections are let go")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            broker.figures().openFiles() - before.openFiles() < FILES_GROWTH_MAX);
            produce(broker, "after");
            assertThat(read(broker).getFirst()).isEqualTo("before");
            assertThat(read(broker).getLast()).isEqualTo("after");
            assertThat(read(broker))
                    .as("nothing damaged was kept")
                    .containsOnly("before", "strange", "after");
        }
    }

    /// Sends so many inputs, several down one connection, and reads what comes until the broker
    /// hangs up.
    private void send(BrokerProcess broker, BadInput input, int count) throws IOException {
        for (int sent = 0; sent < count; sent += PER_CONNECTION) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
                socket.setSoTimeout(READ_TIMEOUT_MS);
                for (int i = 0; i < PER_CONNECTION; i++) {
                    socket.getOutputStream().write(input.next());
                }
                socket.shutdownOutput();
                drain(socket.getInputStream());
            } catch (SocketException e) {
                hungUp++; // In the middle of what we were saying, as it may.
            }
        }
    }

    private static void drain(InputStream answers) throws IOException {
        var ignored = new byte[64 << 10];
        while (answers.read(ignored) >= 0) {
            // What it says to bad input is another test's business.
        }
    }

    /// Connections that say nothing, or stop in the middle of a frame, while others go on.
    private static void openHalf(BrokerProcess broker) throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < HALF_OPEN; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
                sockets.add(socket);
                if (i % 2 == 0) {
                    socket.getOutputStream()
                            .write(new byte[] {0, 48, 0, 0, 0, 3}); // Promises 3 MiB.
                }
            }
            produce(broker, "after");
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private static void produce(BrokerProcess broker, String value) throws Exception {
        var settings = Map.<String, Object>of("bootstrap.servers", broker.bootstrap());
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, value)).get();
        }
    }

    private static List<String> read(BrokerProcess broker) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrap(), "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            var values = new ArrayList<String>();
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
