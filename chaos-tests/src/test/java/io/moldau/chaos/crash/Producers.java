package io.moldau.chaos.crash;

import io.moldau.chaos.history.Event;
import io.moldau.chaos.history.Event.Acknowledged;
import io.moldau.chaos.history.Event.Unresolved;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Idempotent producers that never tire: each sends 1, 2, 3, … to the partitions in turn, and notes
/// what it was promised.
final class Producers implements AutoCloseable {
    private static final int IN_FLIGHT_MAX = 500;
    private static final int BURST = 10;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final Queue<Event> history = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Producers(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
    }

    void start(int count) {
        for (int i = 0; i < count; i++) {
            var name = "producer-" + i;
            threads.add(Thread.ofPlatform().name(name).start(() -> run(name)));
        }
    }

    private void run(String name) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("client.id", name);
        settings.put("reconnect.backoff.max.ms", "100");
        var room = new Semaphore(IN_FLIGHT_MAX);
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new LongSerializer())) {
            for (long value = 1; !stopping; value++) {
                room.acquire();
                if (value % BURST == 0) {
                    LockSupport.parkNanos(
                            PAUSE_NS); // Many small requests, and a history that fits into memory.
                }
                send(producer, name, value, room);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures.add(
                    name + ": " + e); // One that was told to give up would hide what comes after.
        }
    }

    private void send(
            KafkaProducer<String, Long> producer, String name, long value, Semaphore room) {
        int partition = (int) (value % partitions);
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, partition, name, value),
                        (metadata, failure) -> {
                            room.release();
                            note(name, partition, value, metadata, failure);
                        });
    }

    private void note(
            String name, int partition, long value, RecordMetadata metadata, Exception failure) {
        var where = topic + "-" + partition;
        if (failure == null) {
            history.add(new Acknowledged(name, where, value, metadata.offset()));
            acknowledged.incrementAndGet();
        } else {
            history.add(new Unresolved(name, where, value));
            failures.add("%s value %d: %s".formatted(name, value, failure));
        }
    }

    long acknowledgedCount() {
        return acknowledged.get();
    }

    /// Anything a producer that retries for two minutes should never have met.
    List<String> failures() {
        return List.copyOf(failures);
    }

    List<Event> history() {
        return List.copyOf(history);
    }

    /// Stops sending and waits until everything sent has its answer.
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
