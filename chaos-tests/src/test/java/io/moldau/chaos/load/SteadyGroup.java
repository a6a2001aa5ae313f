package io.moldau.chaos.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A group of dynamic members that should stay as it is: it commits after every poll, remembers
/// which commits were promised, and counts how often its members were given partitions.
public final class SteadyGroup implements AutoCloseable {
    private final String bootstrap;
    private final String group;
    private final String topic;
    private final Commits commits;
    private final Map<String, Set<String>> owned = new ConcurrentHashMap<>();
    private final Map<String, Integer> generations = new ConcurrentHashMap<>();
    private final AtomicInteger assignments = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    public SteadyGroup(String bootstrap, String group, String topic, int members) {
        this.bootstrap = bootstrap;
        this.group = group;
        this.topic = topic;
        this.commits = new Commits(group);
        for (int i = 0; i < members; i++) {
            var name = group + "-" + i;
            threads.add(Thread.ofPlatform().name(name).start(() -> run(name)));
        }
    }

    private void run(String name) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", group);
        settings.put("client.id", name);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("reconnect.backoff.max.ms", "100");
        try (var consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(topic), new Owner(name));
            while (!stopping) {
                commits.pollAndCommit(consumer);
                generations.put(name, consumer.groupMetadata().generationId());
            }
        } catch (RuntimeException e) {
            failures.add(name + ": " + e);
        }
    }

    /// Notes what one member has.
    private final class Owner implements ConsumerRebalanceListener {
        private final String member;

        private Owner(String member) {
            this.member = member;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assignments.incrementAndGet();
            partitions.forEach(partition -> mine().add(partition.toString()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> mine().remove(partition.toString()));
        }

        private Set<String> mine() {
            return owned.computeIfAbsent(member, _ -> ConcurrentHashMap.newKeySet());
        }
    }

    public String name() {
        return group;
    }

    public long commitCount() {
        return commits.count();
    }

    /// How often members were given partitions, none included.
    public int assignmentCount() {
        return assignments.get();
    }

    /// The generations that the members believe to be in; one number when all agree.
    public Set<Integer> generations() {
        return new TreeSet<>(generations.values());
    }

    /// All partitions that some member has.
    public Set<String> ownedPartitions() {
        var all = new TreeSet<String>();
        owned.values().forEach(all::addAll);
        return all;
    }

    /// What ended a member.
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /// What was promised so far, as events.
    public List<Event> promises() {
        return commits.promises();
    }

    @Override
    public void close() {
        stopping = true;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
