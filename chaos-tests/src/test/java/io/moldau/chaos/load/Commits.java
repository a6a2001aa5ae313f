package io.moldau.chaos.load;

import io.moldau.chaos.load.Event.Committed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// What the members of a group read and committed, and which commits were promised. Each member
/// calls from its own thread.
final class Commits {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final String group;
    private final Map<String, Long> promised = new ConcurrentHashMap<>();
    private final AtomicLong commits = new AtomicLong();

    Commits(String group) {
        this.group = group;
    }

    void pollAndCommit(KafkaConsumer<String, Long> consumer) {
        var positions = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var record : consumer.poll(POLL)) {
            var partition = new TopicPartition(record.topic(), record.partition());
            positions.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        if (positions.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(positions, COMMIT_TIMEOUT);
        } catch (KafkaException e) {
            return; // The broker is gone, or the group is forming anew: nothing was promised.
        }
        positions.forEach((partition, position) ->
                promised.merge(partition.toString(), position.offset(), Math::max));
        commits.incrementAndGet();
    }

    long count() {
        return commits.get();
    }

    List<Event> promises() {
        var events = new ArrayList<Event>();
        promised.forEach(
                (partition, offset) -> events.add(new Committed(group, partition, offset)));
        return events;
    }
}
