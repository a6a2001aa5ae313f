package io.moldau.chaos.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Many bytes in a topic, and whether they are still the same.
public final class Bulk {
    private static final int RECORD_BYTES = 64 * 1024;
    private static final Duration POLL = Duration.ofMillis(200);

    private final String topic;
    private final int partitions;

    public Bulk(String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    /// How many records a partition has, and the sum of their checksums.
    public record Content(List<Long> records, List<Long> checksums) {
        private static Content of(AtomicLongArray records, AtomicLongArray checksums) {
            return new Content(listOf(records), listOf(checksums));
        }

        private static List<Long> listOf(AtomicLongArray array) {
            return IntStream.range(0, array.length()).mapToObj(array::get).toList();
        }
    }

    /// Writes about `bytes`, none of which can be compressed, and waits until all is acknowledged.
    public Content write(String bootstrap, long bytes) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrap, "acks", "all", "batch.size", "262144");
        var records = new AtomicLongArray(partitions);
        var checksums = new AtomicLongArray(partitions);
        var failures = new ConcurrentLinkedQueue<Exception>();
        var random = new Random(bytes);
        try (var producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long written = 0; written < bytes; written += RECORD_BYTES) {
                var value = new byte[RECORD_BYTES];
                random.nextBytes(value);
                int partition = (int) (written / RECORD_BYTES % partitions);
                note(partition, value, records, checksums);
                var _ =
                        producer.send(
                                new ProducerRecord<>(topic, partition, null, value),
                                (_, failure) -> {
                                    if (failure != null) {
                                        failures.add(failure);
                                    }
                                });
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("not written", failures.peek());
        }
        return Content.of(records, checksums);
    }

    /// Reads all of it.
    public Content read(String bootstrap) {
        var records = new AtomicLongArray(partitions);
        var checksums = new AtomicLongArray(partitions);
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var all =
                    IntStream.range(0, partitions)
                            .mapToObj(i -> new TopicPartition(topic, i))
                            .toList();
            consumer.assign(all);
            var ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
                for (var record : consumer.poll(POLL)) {
                    note(record.partition(), record.value(), records, checksums);
                }
            }
        }
        return Content.of(records, checksums);
    }

    private static void note(
            int partition, byte[] value, AtomicLongArray records, AtomicLongArray checksums) {
        var crc = new CRC32C();
        crc.update(value);
        records.incrementAndGet(partition);
        checksums.addAndGet(partition, crc.getValue());
    }
}
