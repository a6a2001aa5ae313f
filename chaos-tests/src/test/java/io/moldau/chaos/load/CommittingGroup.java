package io.moldau.chaos.load;

import io.moldau.chaos.history.Event;
import io.moldau.chaos.history.Event.Committed;
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
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A group with one member that commits after every poll, and remembers which commits were
/// promised.
public final class CommittingGroup implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final String bootstrap;
    private final String group;
    private final String topic;
    private final Map<String, Long> promised = new ConcurrentHashMap<>();
    private final AtomicLong commits = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopping;

    public CommittingGroup(String bootstrap, String group, String topic) {
        this.bootstrap = bootstrap;
        this.group = group;
        this.topic = topic;
        thread = Thread.ofPlatform().name(group).start(this::run);
    }

    private void run() {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", group);
        settings.put(
                "group.instance.id",
                group + "-member"); // After a crash it is let in again at once.
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("reconnect.backoff.max.ms", "100");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (!stopping) {
                pollAndCommit(consumer);
            }
        }
    }

    private void pollAndCommit(KafkaConsumer<String, Long> consumer) {
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

    public String name() {
        return group;
    }

    public long commitCount() {
        return commits.get();
    }

    /// What was promised so far, as events.
    public List<Event> promises() {
        var events = new ArrayList<Event>();
        promised.forEach(
                (partition, offset) -> events.add(new Committed(group, partition, offset)));
        return events;
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
