package io.moldau.chaos.clients;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The program for `kafka-clients`: compiled once, run against every release from 2.5 on.
final class JavaDriver extends Driver {
    private final Map<String, Object> extra = new HashMap<>();
    private Member member;

    private JavaDriver(String bootstrap) {
        super(bootstrap);
    }

    /// @param arguments the bootstrap address, then `key=value` settings for the consumer
    public static void main(String[] arguments) throws IOException {
        var driver = new JavaDriver(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            var setting = arguments[i].split("=", 2);
            driver.extra.put(setting[0], setting[1]);
        }
        driver.obey();
    }

    @Override
    void produce(String topic, String codec, long from, int count) throws Exception {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("compression.type", codec);
        settings.put("acks", "all");
        settings.put(
                "enable.idempotence",
                "true"); // Not the default before 3.0, and without it a retry may reorder.
        settings.put("linger.ms", "5");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var sends = new ArrayList<Future<?>>(count);
            for (long i = from; i < from + count; i++) {
                sends.add(producer.send(new ProducerRecord<>(topic, keyOf(i), valueOf(i))));
            }
            producer.flush();
            for (var send : sends) {
                send.get();
            }
        }
    }

    @Override
    void join(String group, List<String> topics) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("heartbeat.interval.ms", "300");
        settings.put("session.timeout.ms", "30000");
        settings.putAll(extra);
        member =
                new Member(
                        new KafkaConsumer<>(
                                settings, new StringDeserializer(), new StringDeserializer()),
                        topics);
        member.start();
    }

    @Override
    void leave() throws InterruptedException {
        member.leaving = true;
        member.join();
    }

    /// One consumer on its own thread, as the library wants it.
    private static final class Member extends Thread implements ConsumerRebalanceListener {
        private final KafkaConsumer<String, String> consumer;
        private final List<String> topics;
        private volatile boolean leaving;

        private Member(KafkaConsumer<String, String> consumer, List<String> topics) {
            this.consumer = consumer;
            this.topics = topics;
        }

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(topics, this);
                while (!leaving) {
                    consume();
                }
            } catch (RuntimeException e) {
                tell("failed", String.valueOf(e).replace('\n', ' '));
            }
        }

        private void consume() {
            var polled = consumer.poll(Duration.ofMillis(POLL_MS));
            var positions = new HashMap<TopicPartition, OffsetAndMetadata>();
            for (var record : polled) {
                var number = numberIn(record.value());
                tell(
                        "record",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.key(),
                        number);
                positions.put(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1));
            }
            if (!positions.isEmpty()) {
                consumer.commitSync(positions);
                positions.forEach((tp, position) ->
                        tell("committed", tp.topic(), tp.partition(), position.offset()));
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            tellAssignment();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            tell("revoked", named(revoked));
        }

        private void tellAssignment() {
            tell("assigned", named(consumer.assignment()));
        }

        private static String named(Collection<TopicPartition> partitions) {
            return partitions.stream()
                    .map(TopicPartition::toString)
                    .sorted()
                    .collect(Collectors.joining(","));
        }
    }
}
