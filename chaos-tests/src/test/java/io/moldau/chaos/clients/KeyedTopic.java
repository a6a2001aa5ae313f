package io.moldau.chaos.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A topic that a program filled with records 0 … n-1, read back with the newest Java client.
final class KeyedTopic {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private KeyedTopic() {}

    static List<ConsumerRecord<String, String>> read(String bootstrap, String topic) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            long expected =
                    consumer.endOffsets(partitions).values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
            var records = new ArrayList<ConsumerRecord<String, String>>();
            for (long begin = System.nanoTime(); records.size() < expected; ) {
                consumer.poll(POLL).forEach(records::add);
                if (System.nanoTime() - begin > TIMEOUT.toNanos()) {
                    throw new AssertionError(
                            "%s: read %d of %d records".formatted(topic, records.size(), expected));
                }
            }
            return records;
        }
    }

    /// Every number once, under its own key, and each key in one partition in the order of sending.
    static void assertWhole(List<ConsumerRecord<String, String>> records, long count) {
        var seen = new HashSet<Long>();
        var lastOfKey = new HashMap<String, Long>();
        var partitionOfKey = new HashMap<String, Integer>();
        for (var record : records) {
            long i = Long.parseLong(Driver.numberIn(record.value()));
            assertThat(record.value()).as("value of %s", record).isEqualTo(Driver.valueOf(i));
            assertThat(record.key()).as("key of %s", record).isEqualTo(Driver.keyOf(i));
            assertThat(seen.add(i)).as("record %d came once", i).isTrue();
            Long before = lastOfKey.put(record.key(), i);
            assertThat(before == null || before < i)
                    .as("%s: %d after %d", record.key(), i, before)
                    .isTrue();
            Integer partition = partitionOfKey.putIfAbsent(record.key(), record.partition());
            assertThat(partition == null || partition == record.partition())
                    .as("%s moved", record.key())
                    .isTrue();
        }
        assertThat(seen).hasSize(Math.toIntExact(count));
    }

    /// The compressions of a topic's batches as they lie on the disk.
    static Set<String> codecsOnDisk(Path data, String topic) {
        var codecs = new TreeSet<String>();
        try (var files = Files.walk(data)) {
            var segments =
                    files.filter(file ->
                                    file.getParent()
                                            .getFileName()
                                            .toString()
                                            .matches(topic + "-\\d+"))
                            .filter(file -> file.toString().endsWith(".log"))
                            .toList();
            for (var segment : segments) {
                try (var records = FileRecords.open(segment.toFile())) {
                    records.batches().forEach(batch -> codecs.add(batch.compressionType().name));
                }
            }
            return codecs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
