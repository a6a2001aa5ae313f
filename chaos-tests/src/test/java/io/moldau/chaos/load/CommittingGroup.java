package io.moldau.chaos.load;

import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A group with one member that commits after every poll, and remembers which commits were
/// promised.
public final class CommittingGroup implements AutoCloseable {
    private final String bootstrap;
    private final String group;
    private final String topic;
    private final Commits commits;
    private final Thread thread;
    private volatile boolean stopping;

    public CommittingGroup(String bootstrap, String group, String topic) {
        this.bootstrap = bootstrap;
        this.group = group;
        this.topic = topic;
        this.commits = new Commits(group);
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
                commits.pollAndCommit(consumer);
            }
        }
    }

    public String name() {
        return group;
    }

    public long commitCount() {
        return commits.count();
    }

    /// What was promised so far, as events.
    public List<Event> promises() {
        return commits.promises();
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
