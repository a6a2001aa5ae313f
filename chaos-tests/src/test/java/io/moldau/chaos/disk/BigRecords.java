package io.moldau.chaos.disk;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One stock producer with its default patience that fills a partition with large records, each
/// with its number in front, and remembers where each was acknowledged.
final class BigRecords implements AutoCloseable {
    private static final int VALUE_BYTES = 8 * 1024;

    private final String bootstrap;
    private final TopicPartition partition;
    private final ConcurrentMap<Long, Long> numberAt = new ConcurrentHashMap<>();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread;
    private final long pauseNanos;
    private volatile boolean stopping;

    /// @param perSecond records, at most
    BigRecords(String bootstrap, String topic, int perSecond) {
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.bootstrap = bootstrap;
        this.partition = new TopicPartition(topic, 0);
        this.thread = Thread.ofPlatform().name("big-records").start(this::run);
    }

    private void run() {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "buffer.memory",
                        4 << 20,
                        "max.block.ms",
                        120_000,
                        "linger.ms",
                        2);
        var random = new Random(7);
        try (var producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long number = 0; !stopping; number++) {
                var value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                ByteBuffer.wrap(value).putLong(number);
                LockSupport.parkNanos(pauseNanos);
                long sent = number;
                var _ =
                        producer.send(
                                new ProducerRecord<>(partition.topic(), 0, null, value),
                                (at, failure) -> {
                                    if (failure == null) {
                                        numberAt.put(at.offset(), sent);
                                        acknowledged.incrementAndGet();
                                    } else {
                                        failures.add(failure);
                                    }
                                });
            }
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    List<Exception> failures() {
        return List.copyOf(failures);
    }

    /// The offsets from `offset` on whose acknowledged record cannot be read, or is another one.
    List<Long> missing(long offset) {
        var promised = Map.copyOf(numberAt);
        var found = read();
        return promised.entrySet().stream()
                .filter(entry -> entry.getKey() >= offset)
                .filter(entry -> !entry.getValue().equals(found.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// All that can be read: number by offset.
    private Map<Long, Long> read() {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            var found = new HashMap<Long, Long>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record ->
                                found.put(
                                        record.offset(),
                                        ByteBuffer.wrap(record.value()).getLong()));
            }
            return found;
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
