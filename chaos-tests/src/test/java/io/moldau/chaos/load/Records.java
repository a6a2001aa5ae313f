package io.moldau.chaos.load;

import io.moldau.chaos.load.Event.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// What is there after a run.
public final class Records {
    private static final Duration POLL = Duration.ofMillis(200);

    private Records() {}

    /// Reads every partition of what [Producers] sent, from its beginning to its end.
    public static List<Event> readBack(String bootstrap, String topic, int partitionCount) {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
            var partitions =
                    IntStream.range(0, partitionCount)
                            .mapToObj(i -> new TopicPartition(topic, i))
                            .toList();
            consumer.assign(partitions);
            var ends = consumer.endOffsets(partitions);
            var found = new ArrayList<Event>();
            while (partitions.stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
                consumer.poll(POLL)
                        .forEach(record ->
                                found.add(
                                        new Found(
                                                topic + "-" + record.partition(),
                                                record.key(),
                                                record.value(),
                                                record.offset())));
            }
            return found;
        }
    }
}
