package io.moldau.chaos.load;

import io.moldau.chaos.load.Event.Acknowledged;
import io.moldau.chaos.load.Event.Unresolved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Idempotent producers that never tire: each sends 1, 2, 3, … to the partitions in turn, but for
/// those whose partition is full of what waits, and notes what it was promised.
public final class Producers implements AutoCloseable {
    /// Of each partition: one that stands still must not silence the others, for a client that has
    /// nothing to send does not look at the clock either, and gives a hung node up later.
    private static final int IN_FLIGHT_MAX = 100;

    private static final int BURST = 10;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final Map<String, Object> more;
    private final Queue<Event> history = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLongArray lastAckNanos;
    private final AtomicLongArray longestGapNanos;
    private final AtomicLongArray newestAckedSendNanos;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    public Producers(String bootstrap, String topic, int partitions) {
        this(bootstrap, topic, partitions, Map.of());
    }

    /// @param more settings of every producer
    public Producers(String bootstrap, String topic, int partitions, Map<String, Object> more) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.more = more;
        this.partitions = partitions;
        this.lastAckNanos = new AtomicLongArray(partitions);
        this.longestGapNanos = new AtomicLongArray(partitions);
        this.newestAckedSendNanos = new AtomicLongArray(partitions);
        forgetGaps();
    }

    public void start(int count) {
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
        settings.putAll(more);
        var rooms =
                IntStream.range(0, partitions).mapToObj(_ -> new Semaphore(IN_FLIGHT_MAX)).toList();
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new LongSerializer())) {
            for (long value = 1; !stopping; value++) {
                var room = rooms.get((int) (value % partitions));
                boolean hasRoom = room.tryAcquire();
                if (value % BURST == 0) {
                    LockSupport.parkNanos(
                            PAUSE_NS); // Many small requests, and a history that fits into memory.
                }
                if (hasRoom) {
                    send(producer, name, value, room);
                }
            }
        } catch (RuntimeException e) {
            failures.add(
                    name + ": " + e); // One that was told to give up would hide what comes after.
        }
    }

    private void send(
            KafkaProducer<String, Long> producer, String name, long value, Semaphore room) {
        int partition = (int) (value % partitions);
        long sentNanos = System.nanoTime();
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, partition, name, value),
                        (metadata, failure) -> {
                            room.release();
                            note(name, partition, value, metadata, failure);
                            if (failure == null) {
                                noteAck(partition, sentNanos);
                            }
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

    private void noteAck(int partition, long sentNanos) {
        long now = System.nanoTime();
        newestAckedSendNanos.accumulateAndGet(partition, sentNanos, Math::max);
        long gap = now - lastAckNanos.getAndSet(partition, now);
        longestGapNanos.accumulateAndGet(partition, gap, Math::max);
    }

    /// The longest time without an acknowledgement that any partition has had since
    /// [#forgetGaps()], the present one included.
    public Duration longestGap() {
        long now = System.nanoTime();
        long longest = 0;
        for (int i = 0; i < partitions; i++) {
            longest = Math.max(longest, longestGapNanos.get(i));
            longest = Math.max(longest, now - lastAckNanos.get(i));
        }
        return Duration.ofNanos(longest);
    }

    /// Whether every partition has been acknowledged a record that was sent after `moment`.
    ///
    /// @param moment what [System#nanoTime()] said
    public boolean allAcknowledgedSince(long moment) {
        return IntStream.range(0, partitions)
                .allMatch(i -> newestAckedSendNanos.get(i) - moment > 0);
    }

    /// Measures from now on.
    public void forgetGaps() {
        long now = System.nanoTime();
        for (int i = 0; i < partitions; i++) {
            lastAckNanos.set(i, now);
            longestGapNanos.set(i, 0);
        }
    }

    public long acknowledgedCount() {
        return acknowledged.get();
    }

    /// Anything a producer that retries for two minutes should never have met.
    public List<String> failures() {
        return List.copyOf(failures);
    }

    public List<Event> history() {
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
