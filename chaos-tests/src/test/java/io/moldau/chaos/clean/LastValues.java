package io.moldau.chaos.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A producer that counts up for each of its keys and remembers how far that was acknowledged.
public final class LastValues implements AutoCloseable {
    private static final int VALUE_BYTES = 200;
    private static final int RECORDS_PER_ROUND = 500;

    private final String topic;
    private final int keys;
    private final AtomicLongArray sent;
    private final AtomicLongArray acknowledged;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean stopped;

    public LastValues(String bootstrap, String topic, int keys) {
        this.topic = topic;
        this.keys = keys;
        this.sent = new AtomicLongArray(keys);
        this.acknowledged = new AtomicLongArray(keys);
        var settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("linger.ms", "5");
        settings.put("compression.type", "lz4");
        settings.put("delivery.timeout.ms", "120000");
        settings.put("reconnect.backoff.max.ms", "100");
        this.producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.thread = Thread.ofPlatform().name("last-values").start(this::send);
    }

    private void send() {
        var random = new Random(7);
        var padding = new byte[VALUE_BYTES];
        while (!stopped) {
            for (int i = 0; i < RECORDS_PER_ROUND; i++) {
                random.nextBytes(padding);
                sendOne(random.nextInt(keys), padding);
            }
            producer.flush();
        }
    }

    private void sendOne(int key, byte[] padding) {
        long value = sent.incrementAndGet(key);
        var text = value + " ";
        var bytes = padding.clone();
        var head = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(head, 0, bytes, 0, head.length);
        var name = ("key-" + key).getBytes(StandardCharsets.UTF_8);
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, name, bytes),
                        (_, failure) -> {
                            if (failure == null) {
                                acknowledged.accumulateAndGet(key, value, Math::max);
                            } else {
                                failures.merge(failure.toString(), 1, Integer::sum);
                            }
                        });
    }

    public long acknowledgedCount() {
        long total = 0;
        for (int key = 0; key < keys; key++) {
            total += acknowledged.get(key);
        }
        return total;
    }

    /// Of every key, what was acknowledged last or was sent after that is there.
    ///
    /// @param last what was read, by key
    public void requireLast(Map<String, Long> last) {
        for (int key = 0; key < keys; key++) {
            assertThat(last.getOrDefault("key-" + key, 0L))
                    .as("key %d", key)
                    .isBetween(acknowledged.get(key), sent.get(key));
        }
    }

    public Map<String, Integer> failures() {
        return failures;
    }

    /// Returns when what was sent is acknowledged, or was not in time.
    public void stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        producer.close();
    }
}
