package io.moldau.chaos.clean;

import static java.util.stream.Collectors.toMap;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Reads a compacted partition and sees to it that each key's values only grow, and offsets too.
public final class CompactedReader implements AutoCloseable {
    private final TopicPartition partition;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, Long> last = new HashMap<>();
    private final StringBuilder disorder = new StringBuilder();
    private long lastOffset = -1;
    private long count;

    public CompactedReader(String bootstrap, String topic) {
        partition = new TopicPartition(topic, 0);
        var settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("auto.offset.reset", "earliest");
        settings.put("reconnect.backoff.max.ms", "100");
        consumer =
                new KafkaConsumer<>(
                        settings, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /// Reads what there is within 100 ms.
    public void poll() {
        consumer.poll(Duration.ofMillis(100)).forEach(this::take);
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        var text = new String(record.value(), StandardCharsets.ISO_8859_1);
        long value = Long.parseLong(text.substring(0, text.indexOf(' ')));
        var before = last.put(record.key(), value);
        if (before != null && before >= value) {
            disorder.append(
                    "%s: %d after %d at %d%n"
                            .formatted(record.key(), value, before, record.offset()));
        }
        if (record.offset() <= lastOffset) {
            disorder.append("offset %d after %d%n".formatted(record.offset(), lastOffset));
        }
        lastOffset = record.offset();
        count++;
    }

    /// Reads to what is the end by then.
    public CompactedReader readAll() {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
            poll();
        }
        return this;
    }

    /// Each key's last value.
    public Map<String, Long> last() {
        return last.entrySet().stream().collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    public long count() {
        return count;
    }

    /// What was read in the wrong order; empty when all is well.
    public String disorder() {
        return disorder.toString();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
