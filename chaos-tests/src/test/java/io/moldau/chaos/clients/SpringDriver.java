package io.moldau.chaos.clients;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.support.Acknowledgment;

/// The program for spring-kafka: a `KafkaTemplate`, and a `@KafkaListener` in an application
/// context.
///
/// What a member was assigned is taken from the line that Spring itself logs, since that line is
/// what its users see.
final class SpringDriver extends Driver {
    private static final Logger SPRING = Logger.getLogger("org.springframework.kafka");
    private static final Pattern REBALANCE =
            Pattern.compile(".*: partitions (assigned|revoked): \\[(.*)]");

    private AnnotationConfigApplicationContext context;

    private SpringDriver(String bootstrap) {
        super(bootstrap);
    }

    public static void main(String[] arguments) throws IOException {
        SPRING.addHandler(new RebalanceLines());
        new SpringDriver(arguments[0]).obey();
    }

    @Override
    void produce(String topic, String codec, long from, int count) throws Exception {
        var factory =
                new DefaultKafkaProducerFactory<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "compression.type",
                                codec,
                                "linger.ms",
                                "5"),
                        new StringSerializer(),
                        new StringSerializer());
        var template = new KafkaTemplate<>(factory);
        var sends = new ArrayList<Future<?>>(count);
        for (long i = from; i < from + count; i++) {
            sends.add(template.send(topic, keyOf(i), valueOf(i)));
        }
        template.flush();
        for (var send : sends) {
            send.get();
        }
        factory.destroy();
    }

    @Override
    void join(String group, List<String> topics) {
        var facts =
                Map.<String, Object>of(
                        "moldau.bootstrap",
                        bootstrap,
                        "moldau.group",
                        group,
                        "moldau.topics",
                        String.join(",", topics));
        context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("moldau", facts));
        context.register(Application.class);
        context.refresh();
    }

    @Override
    void leave() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Application {
        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
                Environment environment) {
            var settings = new HashMap<String, Object>();
            settings.put("bootstrap.servers", environment.getRequiredProperty("moldau.bootstrap"));
            settings.put("auto.offset.reset", "earliest");
            settings.put("heartbeat.interval.ms", "300");
            settings.put("session.timeout.ms", "30000");
            var factory = new ConcurrentKafkaListenerContainerFactory<String, String>();
            factory.setConsumerFactory(
                    new DefaultKafkaConsumerFactory<>(
                            settings, new StringDeserializer(), new StringDeserializer()));
            factory.setBatchListener(true);
            factory.getContainerProperties().setAckMode(AckMode.MANUAL_IMMEDIATE);
            factory.getContainerProperties().setPollTimeout(POLL_MS);
            return factory;
        }

        @Bean
        Listener listener() {
            return new Listener();
        }
    }

    static class Listener {
        @KafkaListener(topics = "#{'${moldau.topics}'.split(',')}", groupId = "${moldau.group}")
        void onRecords(
                List<ConsumerRecord<String, String>> records, Acknowledgment acknowledgment) {
            var positions = new HashMap<String, Long>();
            for (var record : records) {
                var number = numberIn(record.value());
                tell(
                        "record",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.key(),
                        number);
                positions.put(record.topic() + "\t" + record.partition(), record.offset() + 1);
            }
            acknowledgment.acknowledge();
            positions.forEach((partition, offset) -> tell("committed", partition, offset));
        }
    }

    /// `edu-topic01-cg: partitions assigned: [edu-topic01-0, edu-topic01-1]`
    private static final class RebalanceLines extends Handler {
        @Override
        public void publish(LogRecord line) {
            var rebalance = REBALANCE.matcher(line.getMessage());
            if (rebalance.matches()) {
                tell("log", line.getMessage());
                tell(rebalance.group(1), rebalance.group(2).replace(" ", ""));
            }
        }

        @Override
        public void flush() {
            System.out.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
